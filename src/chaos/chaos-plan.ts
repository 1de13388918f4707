/** What a run without people does to itself: when it kills, pauses, and lets a reader leave. */
import { setTimeout } from 'node:timers/promises';
import type { ChaosRun } from './chaos-run.ts';

export interface Mischief {
  /** Of the copies, how large a share must have arrived. */
  readonly share: number;
  readonly act: (run: ChaosRun) => Promise<void> | void;
}

const pausedMs = 1_000;

/** @param workerKills how many, spread over the send; Redis dies once, somebody leaves, and all is paused for a second */
function mischief(workerKills: number): readonly Mischief[] {
  const kills = Array.from({ length: workerKills }, (_, index) => ({
    share: 0.15 + (0.7 * index) / Math.max(1, workerKills),
    act: (run: ChaosRun) => run.killWorker(),
  }));
  const others: readonly Mischief[] = [
    { share: 0.05, act: (run) => run.unsubscribe() },
    { share: 0.4, act: (run) => run.killRedis() },
    {
      share: 0.6,
      act: async (run) => {
        await run.pause();
        await setTimeout(pausedMs);
        await run.resume();
      },
    },
  ];
  return [...kills, ...others].sort((one, other) => one.share - other.share);
}

/** Does it all, each when its time has come; what the send did not live to see is left out. */
export async function makeMischief(
  run: ChaosRun,
  messages: number,
  workerKills: number,
  signal: AbortSignal,
): Promise<void> {
  for (const { share, act } of mischief(workerKills)) {
    while (!signal.aborted && (await run.arrived()) < share * messages) {
      await setTimeout(20, undefined, { signal }).catch(() => {});
    }
    if (signal.aborted) return;
    await act(run);
  }
}
