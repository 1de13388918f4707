/** Telling Redis what happened, until it has taken it. */
import { setTimeout } from 'node:timers/promises';
import { PaperboyError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';

const longestPauseMs = 5_000;

/**
 * Tries again as long as it fails: what became of a copy must not be lost because Redis was away just then, and until
 * it is back there is nothing else of use to do.
 * @param where what it is about, for the log
 * @throws PaperboyError of `tell` that no retry can help
 */
export async function insist<Reply>(log: Logger, where: object, tell: () => Promise<Reply>): Promise<Reply> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tell();
    } catch (error) {
      // Redis' own errors may pass; a refusal of ours will be the same tomorrow.
      if (error instanceof PaperboyError && error.retry === 'never') throw error;
      const reason = error instanceof Error ? error.message : String(error);
      log.error({ ...where, attempt, reason }, 'Redis did not take what happened; it is told again');
      await setTimeout(Math.min(100 * 2 ** attempt, longestPauseMs));
    }
  }
}
