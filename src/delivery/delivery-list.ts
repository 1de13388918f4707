/** Every delivery of an issue by name: rows joined with the addresses they went to. */

import type { SubscriberStore } from '../../subscribers/store.ts';
import { editionIdOf } from '../core/ids.ts';
import { demandIssue } from '../ledger/issues.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';
import { type ReadRow, readRows } from '../ledger/reader.ts';
import type { DeliveryState } from '../ledger/states.ts';

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
  readonly reply?: string;
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
  deps: { readonly ledger: LedgerDeps; readonly subscribers: Pick<SubscriberStore, 'getMany'> },
  id: string,
  filter: DeliveryFilter = {},
): AsyncGenerator<DeliveryLine> {
  const issue = await demandIssue(deps.ledger, id);
  let waiting: ReadRow[] = [];
  for await (const row of readRows(deps.ledger, issue)) {
    if (filter.state !== undefined && row.state !== filter.state) continue;
    if (filter.sid !== undefined && row.sid !== filter.sid) continue;
    waiting.push(row);
    if (waiting.length < joinSize) continue;
    yield* await join(deps.subscribers, waiting);
    waiting = [];
  }
  yield* await join(deps.subscribers, waiting);
}

async function join(
  subscribers: Pick<SubscriberStore, 'getMany'>,
  rows: readonly ReadRow[],
): Promise<DeliveryLine[]> {
  const people = await subscribers.getMany(rows.map((row) => row.sid));
  return rows.map((row, index) => ({
    address: people[index]?.address ?? '',
    sid: row.sid,
    state: row.state,
    at: new Date(row.turnAt * 1000).toISOString(),
    attempts: row.attempts,
    revision: row.revision,
    edition: editionIdOf(row.revision, row.preferenceSetKey),
    ...(row.replyText === '' ? {} : { reply: row.replyText }),
    ...(row.reason === 'none' ? {} : { reason: row.reason }),
  }));
}
