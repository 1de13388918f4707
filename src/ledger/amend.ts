/** Rows brought to what the journals know, after Redis forgot. */
import { keys } from '../redis/keys.ts';
import { openClaims } from './incarnations.ts';
import type { JournalEntry, JournalIntent, JournalOutcome } from './journal.ts';
import { isOutcome } from './journal.ts';
import { type LedgerDeps, timeArgument } from './ledger.ts';
import { abandonScript, amendScript } from './roll-call-scripts.ts';
import { encodeRows, type Row } from './row.ts';
import { type DeliveryState, type Reason, reasonCode, stateCode } from './states.ts';

/** What journals know of one recipient's copies: each attempt's intent, and its outcome if there is one. */
export type Attempts = ReadonlyMap<number, Attempt>;

export interface Attempt {
  readonly intent?: JournalIntent;
  readonly outcome?: JournalOutcome;
}

/** Adds a line to what is known; lines come in the order in which their worker wrote them. */
export function addEntry(attempts: Map<number, Attempt>, entry: JournalEntry): void {
  const known = attempts.get(entry.fence) ?? {};
  attempts.set(entry.fence, isOutcome(entry) ? { ...known, outcome: entry } : { ...known, intent: entry });
}

export interface Amendment {
  readonly to: 'accepted' | 'uncertain';
  readonly reason: Reason;
  readonly fence: number;
}

/** In these states a row says what became of its last attempt, and since when. */
const concluded: readonly DeliveryState[] = ['rejected', 'suppressed', 'skipped', 'expired', 'cancelled'];

/**
 * What a row must become by what the journals know; null when it may stay. An acceptance beats everything: the reader
 * has the copy. A copy that was on its way and of which nothing more is known is uncertain, unless the row tells of
 * something later. Refusals and deferrals beat nothing: nothing was delivered, and trying again is right.
 */
export function amendmentFor(row: Row, attempts: Attempts): Amendment | null {
  if (row.state === 'accepted') return null;
  for (const [fence, { outcome }] of attempts) {
    if (outcome?.settlement.to === 'accepted') return { to: 'accepted', reason: 'none', fence };
  }
  const last = latest(attempts);
  if (last === null || row.state === 'uncertain') return null;
  const [fence, { intent, outcome }] = last;
  if (outcome !== undefined && outcome.settlement.to !== 'uncertain') return null;
  if (concluded.includes(row.state) && intent !== undefined && row.turnAt * 1000 > intent.at) return null;
  return { to: 'uncertain', reason: outcome?.settlement.reason ?? 'worker-died', fence };
}

function latest(attempts: Attempts): [number, Attempt] | null {
  let last: [number, Attempt] | null = null;
  for (const each of attempts) {
    if (last === null || (each[1].intent?.at ?? 0) >= (last[1].intent?.at ?? 0)) last = each;
  }
  return last;
}

export interface AmendedRow {
  readonly index: number;
  /** As it was read: should it have changed since, it is left alone. */
  readonly row: Row;
  readonly amendment: Amendment;
}

/** @returns how many rows were amended; the others had changed since they were read */
export async function amendPage(
  deps: LedgerDeps,
  issue: string,
  page: number,
  rows: readonly AmendedRow[],
): Promise<number> {
  const bytes = rows.map(({ index, row, amendment }) => {
    const change = Buffer.alloc(8);
    change.writeUInt16LE(index, 0);
    change.writeUInt8(stateCode(amendment.to), 2);
    change.writeUInt8(reasonCode(amendment.reason), 3);
    change.writeUInt32LE(amendment.fence, 4);
    return Buffer.concat([change.subarray(0, 2), encodeRows([row]), change.subarray(2)]);
  });
  const reply = await amendScript.run(
    deps.redis,
    [keys.page(issue, page), keys.counts(issue)],
    [timeArgument(deps), Buffer.concat(bytes)],
  );
  return Number(reply);
}

/** Makes uncertain what an incarnation held whose journal is missing. @returns how many rows */
export async function abandonClaims(deps: LedgerDeps, incarnation: string): Promise<number> {
  let rows = 0;
  for (const { issueId, page, fence } of await openClaims(deps, incarnation)) {
    const reply = await abandonScript.run(
      deps.redis,
      [keys.page(issueId, page), keys.counts(issueId), keys.claims(incarnation)],
      [timeArgument(deps), fence],
    );
    rows += Number(reply);
  }
  return rows;
}
