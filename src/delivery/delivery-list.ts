/** Every delivery of an issue by name: rows joined with the addresses they went to. */

import type { SubscriberStore } from '../../subscribers/store.ts';
import type { Environment } from '../config/config.ts';
import { editionIdOf } from '../core/ids.ts';
import { demandIssue } from '../ledger/issues.ts';
import { type JournalOutcome, readOutcomes } from '../ledger/journal.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';
import { type ReadRow, readRows } from '../ledger/reader.ts';
import type { DeliveryState } from '../ledger/states.ts';
import { journalFolder } from './worker-ledger.ts';

export interface DeliveryLine {
  /** Empty when the subscriber was forgotten since. */
  readonly address: string;
  readonly sid: number;
  readonly state: DeliveryState;
  /** ISO 8601: when it came into its state; for planned and deferred ones, when it is due. */
  readonly at: string;
  readonly attempts: number;
  readonly revision: number;
  readonly edition: string;
  /** The relay's last words: whole where this data folder's journals have them. */
  readonly reply?: string;
  readonly queueId?: string;
  readonly reason?: string;
}

export interface DeliveryFilter {
  readonly state?: DeliveryState;
  readonly sid?: number;
}

/** How many rows are joined with their subscribers at a time. */
const joinSize = 500;

/** @throws PaperboyError `issue-unknown` */
export async function* listDeliveries(
  deps: {
    readonly ledger: LedgerDeps;
    readonly subscribers: Pick<SubscriberStore, 'getMany'>;
    readonly environment: Pick<Environment, 'dataDir'>;
  },
  id: string,
  filter: DeliveryFilter = {},
): AsyncGenerator<DeliveryLine> {
  const issue = await demandIssue(deps.ledger, id);
  const told = await readTold(journalFolder(deps.environment), id);
  let waiting: ReadRow[] = [];
  for await (const row of readRows(deps.ledger, issue)) {
    if (filter.state !== undefined && row.state !== filter.state) continue;
    if (filter.sid !== undefined && row.sid !== filter.sid) continue;
    waiting.push(row);
    if (waiting.length < joinSize) continue;
    yield* await join(deps.subscribers, waiting, told);
    waiting = [];
  }
  yield* await join(deps.subscribers, waiting, told);
}

type Told = ReadonlyMap<number, Pick<JournalOutcome, 'reply' | 'queueId' | 'fence'>>;

/** What relays said of the copies of an issue, by sid, as far as this data folder's workers sent them. */
async function readTold(folder: string, issue: string): Promise<Told> {
  const told = new Map<number, Pick<JournalOutcome, 'reply' | 'queueId' | 'fence'>>();
  for await (const outcome of readOutcomes(folder)) {
    if (outcome.issue === issue) told.set(outcome.sid, outcome);
  }
  return told;
}

async function join(
  subscribers: Pick<SubscriberStore, 'getMany'>,
  rows: readonly ReadRow[],
  told: Told,
): Promise<DeliveryLine[]> {
  const people = await subscribers.getMany(rows.map((row) => row.sid));
  return rows.map((row, index) => lineOf(row, people[index]?.address ?? '', told.get(row.sid)));
}

function lineOf(
  row: ReadRow,
  address: string,
  outcome: Pick<JournalOutcome, 'reply' | 'queueId' | 'fence'> | undefined,
): DeliveryLine {
  // What was said of an earlier claim is no word on this one.
  const words = outcome?.fence === row.fence ? outcome : undefined;
  const reply = words?.reply || row.replyText;
  return {
    address,
    sid: row.sid,
    state: row.state,
    at: new Date(row.turnAt * 1000).toISOString(),
    attempts: row.attempts,
    revision: row.revision,
    edition: editionIdOf(row.revision, row.preferenceSetKey),
    ...(reply === '' ? {} : { reply }),
    ...(words?.queueId ? { queueId: words.queueId } : {}),
    ...(row.reason === 'none' ? {} : { reason: row.reason }),
  };
}
