/** Issues that journals know and Redis has forgotten as a whole. */
import { PaperboyError } from '../core/errors.ts';
import { keys } from '../redis/keys.ts';
import type { LedgerDeps } from './ledger.ts';

/** Journals tell that it was sent, and Redis knows nothing of it: it must not be published as if it were new. */
export async function noteForgottenIssue(deps: LedgerDeps, id: string, copies: number): Promise<void> {
  await deps.redis.hset(keys.forgottenIssues, id, copies);
}

/** @throws PaperboyError `issue-forgotten` when it was sent and Redis does not remember it */
export async function demandRemembered(deps: LedgerDeps, id: string): Promise<void> {
  const copies = await deps.redis.hget(keys.forgottenIssues, id);
  if (copies === null) return;
  throw new PaperboyError(
    'issue-forgotten',
    `issue ${id} was sent to ${copies} recipients or more, and Redis has forgotten it`,
    { hint: 'restore the backup of Redis that holds it; published anew, it would reach them twice' },
  );
}
