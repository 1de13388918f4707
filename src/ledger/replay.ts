/** After a worker died: what its journal knows and its rows do not. */
import { readIssue } from './issues.ts';
import { isOutcome, type JournalOutcome, listJournals } from './journal.ts';
import type { LedgerDeps } from './ledger.ts';
import { settleRow } from './passage.ts';
import { readPage } from './reader.ts';
import type { Row } from './row.ts';

/** Rows in these states may still learn what became of their copy. */
const unsettled: readonly Row['state'][] = ['committing', 'uncertain'];

/**
 * Settles what the journals of a folder tell of copies that are past their gate and not settled. A row that a later
 * claim has taken since has another fence and is left alone; doing it twice changes nothing.
 * @returns how many rows learnt their outcome
 */
export async function replayJournals(deps: LedgerDeps, folder: string): Promise<number> {
  let settled = 0;
  let page: { readonly of: string; readonly rows: readonly Row[] } | undefined;
  for await (const outcome of unsettledOutcomes(folder)) {
    const of = `${outcome.issue}.${outcome.page}`;
    if (page?.of !== of) page = { of, rows: await readPage(deps, outcome.issue, outcome.page) };
    const row = page.rows[outcome.index];
    if (!row || row.fence !== outcome.fence || row.sid !== outcome.sid || !unsettled.includes(row.state))
      continue;
    if (await settleFrom(deps, outcome)) settled++;
  }
  return settled;
}

/** A worker that ended in good order has settled everything. */
async function* unsettledOutcomes(folder: string): AsyncGenerator<JournalOutcome> {
  for (const journal of await listJournals(folder)) {
    if (journal.closedAt !== undefined) continue;
    for await (const entry of journal.entries()) if (isOutcome(entry)) yield entry;
  }
}

async function settleFrom(deps: LedgerDeps, outcome: JournalOutcome): Promise<boolean> {
  const issue = await readIssue(deps, outcome.issue);
  if (issue === null) return false;
  return (await settleRow(deps, { ...outcome, issue }, outcome, outcome.settlement)) === 'ok';
}
