/** An operator, or a reader's page, that meets a Redis which takes nothing just now tries again until it does. */
import { setTimeout } from 'node:timers/promises';
import { patienceMs } from './run-context.ts';

const passing =
  /^(NOREPLICAS|MISCONF|READONLY|OOM|UNKILLABLE|LOADING)|Connection is closed|aborted due to connection close|timed out|max retries|ECONN|EPIPE/i;

export function isRefusedForNow(error: unknown): boolean {
  const text = error instanceof Error ? `${error.message} ${String(error.cause ?? '')}` : String(error);
  return passing.test(text);
}

/** @param act may be done twice */
export async function untilTaken<Result>(act: () => Promise<Result>): Promise<Result> {
  for (const until = performance.now() + patienceMs; ; ) {
    try {
      return await act();
    } catch (error) {
      if (performance.now() > until || !isRefusedForNow(error)) throw error;
      await setTimeout(100);
    }
  }
}
