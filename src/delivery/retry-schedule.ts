/** When a copy that could not go is tried again. Pure but for the random source it is given. */

const minuteMs = 60_000;

/** After the first deferral, the second, …; the last one repeats until the delivery expires. */
const delaysMs = [5, 15, 30, 60, 120, 240, 480].map((minutes) => minutes * minuteMs);

/** Spread, so that a relay that deferred thousands at once does not meet them at once again. */
const spread = 0.2;

/**
 * @param attempts how often a relay has been asked, this time included (from 1)
 * @param random in [0, 1)
 * @returns milliseconds to wait
 */
export function retryDelayMs(attempts: number, random: number): number {
  const step = Math.min(Math.max(attempts, 1), delaysMs.length) - 1;
  const delay = delaysMs[step] ?? minuteMs;
  return Math.round(delay * (1 - spread + 2 * spread * random));
}

/** After "too fast": the pace is another by then, and nothing was wrong with the copy. */
export function tooFastDelayMs(random: number): number {
  return Math.round(minuteMs * (1 + random));
}

const firstFailureMs = 30_000;
const longestFailureMs = 5 * minuteMs;

/**
 * After the connection failed before the dot; the attempt does not count.
 * @param failures how many connections failed in a row, this one included (from 1)
 */
export function reconnectDelayMs(failures: number, random: number): number {
  const delay = Math.min(firstFailureMs * 2 ** (Math.max(failures, 1) - 1), longestFailureMs);
  return Math.round(delay * (1 - spread * random));
}
