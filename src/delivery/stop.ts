/** Why no further copy of a claim is tried: what is left of it goes back, deferred for so long. */
export interface Stop {
  /** 0: planned again at once; the ledger knows whether it may go. */
  readonly delayMs: number;
  readonly reason: 'connection-failed' | 'worker-fault' | 'none';
  /** The page goes on with a new claim, at another pace. */
  readonly goesOn?: true;
}
