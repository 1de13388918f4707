/** After a worker died: what its journal knows and its rows do not. */
import { readIssue } from './issues.ts';
import { isOutcome, type JournalOutcome, listJournals } from './journal.ts';
import type { LedgerDeps } from './ledger.ts';
import { settleRow } from './passage.ts';
import { readPage } from './reader.ts';
import type { Row } from './row.ts';

/** Pages of rows kept while journals are read; a page is 12 KB at most. */
const pagesAtHand = 500;

/** Rows in these states may still learn what became of their copy. */
const unsettled: readonly Row['state'][] = ['committing', 'uncertain'];

/**
 * Settles what the journals of a folder tell of copies that are past their gate and not settled. A row that a later
 * claim has taken since has another fence and is left alone; doing it twice changes nothing.
 * @param which `unsettled`: journals of workers that ended in good order are left out, as they have settled everything
 * @returns how many rows learnt their outcome
 */
export async function replayJournals(
  deps: LedgerDeps,
  folder: string,
  which: 'unsettled' | 'all' = 'unsettled',
): Promise<number> {
  let settled = 0;
  const pages = new Map<string, readonly Row[]>();
  for await (const outcome of outcomesOf(folder, which)) {
    const of = `${outcome.issue}.${outcome.page}`;
    let rows = pages.get(of);
    if (rows === undefined) {
      // Connections take turns, each with a page of its own.
      if (pages.size >= pagesAtHand) pages.clear();
      rows = await readPage(deps, outcome.issue, outcome.page);
      pages.set(of, rows);
    }
    const row = rows[outcome.index];
    if (!row || row.fence !== outcome.fence || row.sid !== outcome.sid || !unsettled.includes(row.state))
      continue;
    if (await settleFrom(deps, outcome)) settled++;
  }
  return settled;
}

async function* outcomesOf(folder: string, which: 'unsettled' | 'all'): AsyncGenerator<JournalOutcome> {
  for (const journal of await listJournals(folder)) {
    if (which === 'unsettled' && journal.closedAt !== undefined) continue;
    for await (const entry of journal.entries()) if (isOutcome(entry)) yield entry;
  }
}

async function settleFrom(deps: LedgerDeps, outcome: JournalOutcome): Promise<boolean> {
  const issue = await readIssue(deps, outcome.issue);
  if (issue === null) return false;
  return (await settleRow(deps, { ...outcome, issue }, outcome, outcome.settlement)) === 'ok';
}
