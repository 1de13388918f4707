/** The states of a delivery and the moves between them. Pure; the Lua scripts are generated from this table. */

export const deliveryStates = [
  'planned',
  'claimed',
  'committing',
  'accepted',
  'deferred',
  'rejected',
  'uncertain',
  'suppressed',
  'skipped',
  'expired',
  'cancelled',
] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** Who makes a move. Each ledger script makes moves of one cause only. */
export type MoveCause =
  /** A worker takes rows that are due. */
  | 'claim'
  /** The gate is asked before the dot. */
  | 'gate'
  /** What the relay, or the lack of it, answered; the settling worker holds the fence. */
  | 'settle'
  /** A worker gives back what it has not sent, or a dead worker's claims are taken from it. */
  | 'release'
  /** A person: cancel, retry, a new revision. */
  | 'operator'
  /** Redis forgot, and a journal remembers: what went out beats whatever state a row has. */
  | 'recovery';

/** What a journal may tell of a row whose state was forgotten. */
const remembered = { accepted: ['recovery'], uncertain: ['recovery'] } as const;

const moves: Readonly<Record<DeliveryState, Partial<Readonly<Record<DeliveryState, readonly MoveCause[]>>>>> =
  {
    planned: {
      claimed: ['claim'],
      suppressed: ['claim'],
      skipped: ['claim'],
      expired: ['claim'],
      cancelled: ['claim', 'operator'],
      ...remembered,
    },
    deferred: {
      claimed: ['claim'],
      suppressed: ['claim'],
      skipped: ['claim'],
      expired: ['claim'],
      cancelled: ['claim', 'operator'],
      ...remembered,
    },
    claimed: {
      committing: ['gate'],
      planned: ['gate', 'release'],
      deferred: ['settle', 'release'],
      rejected: ['settle'],
      suppressed: ['gate', 'settle'],
      skipped: ['gate', 'settle'],
      expired: ['gate'],
      cancelled: ['gate'],
      ...remembered,
    },
    committing: {
      accepted: ['settle', 'recovery'],
      deferred: ['settle'],
      rejected: ['settle'],
      uncertain: ['settle', 'release', 'recovery'],
    },
    // The same fence may still bring the truth: a reply that came late.
    uncertain: {
      accepted: ['settle', 'recovery'],
      deferred: ['settle'],
      rejected: ['settle'],
      planned: ['operator'],
    },
    rejected: { planned: ['operator'], ...remembered },
    skipped: { planned: ['operator'], ...remembered },
    accepted: {},
    suppressed: remembered,
    expired: remembered,
    cancelled: remembered,
  };

/** Whether this cause may move a delivery from one state to the other. */
export function canMove(cause: MoveCause, from: DeliveryState, to: DeliveryState): boolean {
  return moves[from][to]?.includes(cause) ?? false;
}

/** In these states something is still going to happen to the delivery; an issue is done when none is left. */
export const openStates = ['planned', 'claimed', 'committing', 'deferred'] as const;

export function isOpen(state: DeliveryState): boolean {
  return (openStates as readonly DeliveryState[]).includes(state);
}

/** The byte that stands for a state in a row: its place in `deliveryStates`, from 1; 0 is never written. */
export function stateCode(state: DeliveryState): number {
  return deliveryStates.indexOf(state) + 1;
}

/** Why a delivery is where it is; `none` where the state says it all. The byte in a row is the place here. */
export const reasons = [
  'none',
  'no-stories',
  'left',
  'blocked',
  'forgotten',
  'relay-refused',
  'connection-failed',
  'connection-lost',
  'worker-died',
  'retry-asked',
  'not-composed',
  'not-rendered',
  'worker-fault',
  'lane-held',
] as const;
export type Reason = (typeof reasons)[number];

export function reasonCode(reason: Reason): number {
  return reasons.indexOf(reason);
}
