/** The numbers by which limits are kept and learnt; the scripts read them as `RULES`. */

export const limitRules = {
  /** A rate never falls below this many messages a second. */
  floor: 0.2,
  /** So long a time of a limit's rate one claim may take, in seconds: short, so that all connections share it. */
  claimSeconds: 0.05,
  /** While a limit is measured nearly each copy is a claim of its own, so that it is counted when it is accepted. */
  measuredClaimSeconds: 0.005,
  /** What was not used for so long may be caught up with; more would be a burst. */
  creditMs: 100,
  /** A claim may reserve slots that begin so much later. */
  aheadMs: 1_000,
  /** Of a slow limit at least the next slot may be reserved, if it comes within this time. */
  farthestMs: 15_000,
  /** Before a limit is measured, claims made before must be through. */
  settleMs: 2_000,
  /** How long a limit is measured, and how long at most when few copies go. */
  measureMs: 12_000,
  longestMeasureMs: 24_000,
  leastMeasured: 60,
  /** What was measured may be wrong by so little; less than this is lost for it. */
  safety: 0.9925,
  /** Refusals of copies that were on their way when the rate was halved halve it no further. */
  graceMs: 1_000,
  /** A measured ceiling that is refused later than this was a little too high; sooner, it is not the limit any more. */
  nearMs: 15_000,
  /** How much lower the ceiling is then. */
  correction: 0.985,
  /** A lane that is said to be too fast also rests for so long. */
  laneRestMs: 10_000,
  /** A measured ceiling is tried anew after this time, by two in a hundred. */
  tryAnewMs: 10 * 60_000,
} as const;
