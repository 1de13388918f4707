/** How long a supervisor waits before it replaces a process: hardly at all, and longer when deaths follow each other. */

export interface End {
  /** How long it had worked; 0 when it never came to that. */
  readonly workedMs: number;
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Who has worked this long did not die of what it began with. */
const steadyMs = 3_000;

const shortestMs = 100;

/** Signals that come from outside: what was killed is no worse than before, so its place is not left empty for long. */
const fromOutside: readonly (NodeJS.Signals | null)[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'];

const longestMs = { killed: 2_000, crashed: 30_000 } as const;

/** Deaths in a row, the last one included, none of which came after steady work. */
export function quickDeaths(before: number, end: Pick<End, 'workedMs'>): number {
  return end.workedMs >= steadyMs ? 0 : before + 1;
}

/** @param quick see `quickDeaths`. @returns milliseconds */
export function restartPause(quick: number, { signal }: Pick<End, 'signal'>): number {
  const longest = fromOutside.includes(signal) ? longestMs.killed : longestMs.crashed;
  return Math.min(shortestMs * 2 ** Math.min(quick, 16), longest);
}
