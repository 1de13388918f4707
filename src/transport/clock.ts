/** One clock that is wound for each of many short stages: its timer is set once and looks, when it strikes, at what is left. */

export interface Clock {
  /** Strikes after so long, unless it is wound again or put to rest before. */
  wind(ms: number): void;
  /** Does not strike until it is wound again, and keeps no process alive meanwhile. */
  rest(): void;
  /** The same for good. */
  stop(): void;
}

/**
 * Timers that are set and cleared for each stage of each message take a twentieth of the time of a send.
 * @param onStrike returns how much longer to wait, if at all
 */
export function createClock(onStrike: () => number | undefined): Clock {
  let timer: NodeJS.Timeout | undefined;
  let timerAt = 0;
  let strikesAt = Number.POSITIVE_INFINITY;

  const set = (ms: number): void => {
    clearTimeout(timer);
    timerAt = performance.now() + ms;
    timer = setTimeout(look, ms);
  };
  const look = (): void => {
    timer = undefined;
    const left = strikesAt - performance.now();
    if (left === Number.POSITIVE_INFINITY) return;
    if (left > 0) set(left);
    else strike();
  };
  const strike = (): void => {
    strikesAt = Number.POSITIVE_INFINITY;
    const more = onStrike();
    if (more !== undefined) wind(more);
  };
  const wind = (ms: number): void => {
    strikesAt = performance.now() + ms;
    if (timer === undefined || timerAt > strikesAt) set(ms);
    else timer.ref();
  };
  return {
    wind,
    rest: () => {
      strikesAt = Number.POSITIVE_INFINITY;
      timer?.unref();
    },
    stop: () => {
      strikesAt = Number.POSITIVE_INFINITY;
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
