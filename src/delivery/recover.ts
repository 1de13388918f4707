/** Redis forgot: what the journals of this data folder know is written into the ledger again. */
import type { Logger } from '../core/log.ts';
import { type AmendedRow, type Attempt, addEntry, amendmentFor, amendPage } from '../ledger/amend.ts';
import { noteForgottenIssue, readIssue } from '../ledger/issues.ts';
import { listJournals } from '../ledger/journal.ts';
import { readPage } from '../ledger/reader.ts';
import { replayJournals } from '../ledger/replay.ts';
import { type PlanDeps, planIssue } from './plan-issue.ts';

export interface RecoverDeps extends PlanDeps {
  readonly log: Logger;
}

/** Rows that change while they are amended are read again so often: only copies under way change, each once. */
const rounds = 5;

/**
 * @param folder of journals
 * @param store journals of others tell nothing of this one
 */
export async function applyJournals(deps: RecoverDeps, folder: string, store: string): Promise<void> {
  // What the ordinary way of settling can still do, refusals and their replies included.
  await replayJournals(deps.ledger, folder);
  for (const [id, recipients] of await readAttempts(folder, store)) {
    const issue = await readIssue(deps.ledger, id);
    if (issue === null) {
      deps.log.error({ issue: id, copies: recipients.size }, 'Redis has forgotten an issue that was sent');
      await noteForgottenIssue(deps.ledger, id, recipients.size);
      continue;
    }
    // Rows that were forgotten are made again before anybody is told what became of them.
    if (!issue.isPlanned) await planIssue(deps, id, new AbortController().signal);
    const amended = await amendIssue(deps, id, recipients);
    deps.log.warn({ issue: id, amended }, 'what Redis forgot of an issue was taken from the journals');
  }
}

type Recipients = Map<number, Map<number, Attempt>>;

async function readAttempts(folder: string, store: string): Promise<Map<string, Recipients>> {
  const issues = new Map<string, Recipients>();
  for (const journal of await listJournals(folder)) {
    if (journal.store !== store) continue;
    for await (const entry of journal.entries()) {
      const recipients = getOrSet(issues, entry.issue, () => new Map());
      addEntry(
        getOrSet(recipients, entry.sid, () => new Map()),
        entry,
      );
    }
  }
  return issues;
}

function getOrSet<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

async function amendIssue({ ledger }: RecoverDeps, id: string, recipients: Recipients): Promise<number> {
  const pages = (await readIssue(ledger, id))?.pages ?? 0;
  let amended = 0;
  for (let page = 1; page <= pages; page++) {
    for (let round = 0; round < rounds; round++) {
      const rows: AmendedRow[] = [];
      for (const [index, row] of (await readPage(ledger, id, page)).entries()) {
        const amendment = amendmentFor(row, recipients.get(row.sid) ?? new Map());
        if (amendment) rows.push({ index, row, amendment });
      }
      if (rows.length === 0) break;
      amended += await amendPage(ledger, id, page, rows);
    }
  }
  return amended;
}
