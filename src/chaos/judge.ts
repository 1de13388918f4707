/** The verdict on a chaos run: what the ledger says of every recipient, beside what the relay recorded of its own. */
import type { Counted } from '../inbox/counting-sink.ts';
import { type DeliveryState, isOpen } from '../ledger/states.ts';

export interface JudgedRow {
  readonly address: string;
  readonly state: DeliveryState;
}

export interface Judgement {
  readonly record: {
    /** Copies that arrived. */
    readonly copies: number;
    /** To how many different recipients. */
    readonly recipients: number;
  };
  /** Copies beyond the first of a recipient. */
  readonly duplicates: number;
  /** Recipients without a row, copies still open, and copies called accepted that never arrived. */
  readonly lost: number;
  /** Recipients who have a copy though the ledger says that none was sent to them. */
  readonly denied: number;
  readonly uncertain: number;
  /** Uncertain copies that did arrive. */
  readonly uncertainArrived: number;
}

/**
 * @param addresses everyone the issue was published to
 * @param rows what the ledger has, in any order
 */
export function judge(
  addresses: readonly string[],
  rows: readonly JudgedRow[],
  record: readonly Counted[],
): Judgement {
  const arrived = new Set(record.map(({ to }) => to));
  const states = new Map(rows.map(({ address, state }) => [address, state]));
  const uncertain = rows.filter(({ state }) => state === 'uncertain');
  return {
    record: { copies: record.length, recipients: arrived.size },
    duplicates: record.length - arrived.size,
    lost: addresses.filter((address) => isLost(states.get(address), arrived.has(address))).length,
    denied: rows.filter(({ address, state }) => arrived.has(address) && isDenied(state)).length,
    uncertain: uncertain.length,
    uncertainArrived: uncertain.filter(({ address }) => arrived.has(address)).length,
  };
}

function isLost(state: DeliveryState | undefined, hasArrived: boolean): boolean {
  if (state === undefined || isOpen(state)) return true;
  return state === 'accepted' && !hasArrived;
}

function isDenied(state: DeliveryState): boolean {
  return !isOpen(state) && state !== 'accepted' && state !== 'uncertain';
}
