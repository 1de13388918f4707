/** Rows brought to what the journals know, after Redis forgot. */
import { keys } from '../redis/keys.ts';
import { openClaims } from './incarnations.ts';
import { isOutcome, type JournalEntry } from './journal.ts';
import { type LedgerDeps, timeArgument } from './ledger.ts';
import { abandonScript, amendScript } from './roll-call-scripts.ts';
import { encodeRows, type Row } from './row.ts';
import { type DeliveryState, type Reason, reasonCode, stateCode } from './states.ts';

/** What journals know of one recipient's copies: the one that counts, which is an accepted one, else the last. */
export interface KnownCopy {
  /** Of the claim it was sent under. */
  readonly fence: number;
  /** When its gate was passed; milliseconds since the epoch. */
  readonly at: number;
  /** `open`: on its way; `nothing`: refused or deferred, nothing was delivered. */
  readonly became: 'open' | 'accepted' | 'uncertain' | 'nothing';
}

/** Adds a line to what is known; lines of one worker come in the order in which it wrote them. */
export function learn(known: KnownCopy | undefined, entry: JournalEntry): KnownCopy | undefined {
  if (known?.became === 'accepted') return known;
  if (!isOutcome(entry)) {
    return known && known.at > entry.at ? known : { fence: entry.fence, at: entry.at, became: 'open' };
  }
  const { fence, settlement } = entry;
  if (settlement.to === 'accepted') return { fence, at: known?.at ?? 0, became: 'accepted' };
  if (known?.fence !== fence) return known;
  return { ...known, became: settlement.to === 'uncertain' ? 'uncertain' : 'nothing' };
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
 * something later, an operator's retry among it. Refusals and deferrals beat nothing: nothing was delivered, and trying
 * again is right.
 */
export function amendmentFor(row: Row, known: KnownCopy | undefined): Amendment | null {
  if (known === undefined || known.became === 'nothing' || row.state === 'accepted') return null;
  if (known.became === 'accepted') return { to: 'accepted', reason: 'none', fence: known.fence };
  if (row.state === 'uncertain') return null;
  const tellsSinceWhen = concluded.includes(row.state) || row.reason === 'retry-asked';
  if (tellsSinceWhen && row.turnAt * 1000 > known.at) return null;
  const reason = known.became === 'uncertain' ? 'connection-lost' : 'worker-died';
  return { to: 'uncertain', reason, fence: known.fence };
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
