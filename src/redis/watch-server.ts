/** Looks after a private Redis while it is in use: where nothing listens on its socket any more, it is started again. */
import { setTimeout } from 'node:timers/promises';
import type { Logger } from '../core/log.ts';
import { ask } from './ask.ts';

export interface ServerWatch {
  /** Looks no more; what is being started is waited for. */
  end(): Promise<void>;
}

export interface WatchOptions {
  readonly socket: string;
  readonly log: Logger;
  /** Starts it, or finds that another did. @returns null when it is not to be looked after any more */
  revive(): Promise<{ readonly pid: number; readonly started: boolean } | null>;
}

const lookEveryMs = 400;

/** One that cannot be started, or dies at once, is tried again after longer and longer pauses. */
const longestPauseMs = 30_000;

/** So long it must have answered for its next death to be a new one. */
const steadyMs = 3_000;

export function watchServer({ socket, log, revive }: WatchOptions): ServerWatch {
  const ending = new AbortController();
  const pause = async (ms: number): Promise<void> => {
    // Whoever only waits for the next look may end.
    await setTimeout(ms, undefined, { ref: false, signal: ending.signal }).catch(() => {});
  };
  const watch = async (): Promise<void> => {
    let [failures, revivedAt] = [0, Number.NEGATIVE_INFINITY];
    for (;;) {
      await pause(lookEveryMs * Math.min(2 ** failures, longestPauseMs / lookEveryMs));
      if (ending.signal.aborted) return;
      const isAbsent = (await ask(socket, 'PING', 1_000)).type === 'absent';
      if (performance.now() - revivedAt > steadyMs) failures = 0;
      if (!isAbsent || ending.signal.aborted) continue;
      failures++;
      try {
        const revived = await revive();
        if (revived === null) return;
        const fields = { socket, pid: revived.pid };
        if (revived.started) log.warn(fields, 'the private Redis had died; it runs again, on the same data');
      } catch (error) {
        log.error({ socket, reason: (error as Error).message }, 'the private Redis died and does not start');
      }
      revivedAt = performance.now();
    }
  };
  const watching = watch();
  return {
    end: async () => {
      ending.abort();
      await watching;
    },
  };
}
