/** Redis forgot: what the journals of this data folder know is written into the ledger again. */
import type { SubscriberStore } from '../../subscribers/store.ts';
import type { Logger } from '../core/log.ts';
import { type AmendedRow, amendmentFor, amendPage, type KnownCopy, learn } from '../ledger/amend.ts';
import { noteForgottenIssue } from '../ledger/forgotten-issues.ts';
import { readIssue } from '../ledger/issues.ts';
import { listJournals, type StoredJournal } from '../ledger/journal.ts';
import { readPage } from '../ledger/reader.ts';
import { replayJournals } from '../ledger/replay.ts';
import { type PlanDeps, planIssue } from './plan-issue.ts';

export interface RecoverDeps extends PlanDeps {
  readonly subscribers: Pick<SubscriberStore, 'getMany' | 'replayDepartures'>;
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
  await replayJournals(deps.ledger, folder, 'all');
  const journals = (await listJournals(folder)).filter((journal) => journal.store === store);
  // One issue at a time: what is known of a million copies takes some hundred megabytes.
  for (const id of await issuesIn(journals)) {
    const recipients = await readKnown(journals, id);
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

async function issuesIn(journals: readonly StoredJournal[]): Promise<Set<string>> {
  const issues = new Set<string>();
  for (const journal of journals) for await (const { issue } of journal.entries()) issues.add(issue);
  return issues;
}

/** By sid. */
type Recipients = Map<number, KnownCopy>;

async function readKnown(journals: readonly StoredJournal[], issue: string): Promise<Recipients> {
  const recipients: Recipients = new Map();
  for (const journal of journals) {
    for await (const entry of journal.entries()) {
      if (entry.issue !== issue) continue;
      const known = learn(recipients.get(entry.sid), entry);
      if (known) recipients.set(entry.sid, known);
    }
  }
  return recipients;
}

async function amendIssue({ ledger }: RecoverDeps, id: string, recipients: Recipients): Promise<number> {
  const pages = (await readIssue(ledger, id))?.pages ?? 0;
  let amended = 0;
  for (let page = 1; page <= pages; page++) {
    for (let round = 0; round < rounds; round++) {
      const rows: AmendedRow[] = [];
      for (const [index, row] of (await readPage(ledger, id, page)).entries()) {
        const amendment = amendmentFor(row, recipients.get(row.sid));
        if (amendment) rows.push({ index, row, amendment });
      }
      if (rows.length === 0) break;
      amended += await amendPage(ledger, id, page, rows);
    }
  }
  return amended;
}
