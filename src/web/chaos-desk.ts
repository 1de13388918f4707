/** What the chaos page needs of the rest of the house: a send under way, what can be done to it, and how it ended. */

export type ChaosPhase = 'idle' | 'preparing' | 'sending' | 'paused' | 'checking' | 'done' | 'failed';

/** How many copies were where at one moment, by the ledger; and how many had arrived, by the inbox. */
export interface ChaosSample {
  /** Since the run began. */
  readonly atMs: number;
  readonly planned: number;
  /** Claimed by a worker, or past the gate. */
  readonly inHand: number;
  readonly accepted: number;
  readonly uncertain: number;
  /** Not sent, because the reader had left. */
  readonly left: number;
  readonly other: number;
  /** The inbox's own count. */
  readonly arrived: number;
}

const chaosEventKinds = [
  'worker-killed',
  'worker-back',
  'redis-killed',
  'redis-back',
  'left',
  'paused',
  'resumed',
] as const;

export type ChaosEventKind = (typeof chaosEventKinds)[number];

export interface ChaosEvent {
  readonly atMs: number;
  readonly kind: ChaosEventKind;
  /** A process id or an address; empty where there is nothing to tell. */
  readonly detail: string;
}

/** The ledger beside the inbox's own record, after the end. */
export interface ChaosVerdict {
  readonly recipients: number;
  readonly accepted: number;
  /** Not sent to, because they had left. */
  readonly spared: number;
  readonly uncertain: number;
  /** Of the uncertain: how many the inbox has. */
  readonly uncertainArrived: number;
  readonly copies: number;
  readonly distinctRecipients: number;
  readonly duplicates: number;
  readonly lost: number;
  readonly gaps: number;
  readonly workerKills: number;
  readonly redisKills: number;
  /** Readers who left while it was under way. */
  readonly unsubscribed: number;
  readonly seconds: number;
}

export interface ChaosView {
  readonly phase: ChaosPhase;
  /** Recipients of the run; 0 before the first. */
  readonly messages: number;
  /** Worker processes that run now. */
  readonly workers: number;
  readonly isRedisAway: boolean;
  readonly samples: readonly ChaosSample[];
  readonly events: readonly ChaosEvent[];
  /** Null until the end. */
  readonly verdict: ChaosVerdict | null;
  /** Why it failed; null when it did not. */
  readonly problem: string | null;
}

export const chaosActions = ['start', 'kill-worker', 'kill-redis', 'unsubscribe', 'pause', 'resume'] as const;

export type ChaosAction = (typeof chaosActions)[number];

export interface ChaosDesk {
  look(): ChaosView;
  /** Does nothing when it makes no sense now. */
  act(action: ChaosAction): Promise<void>;
}
