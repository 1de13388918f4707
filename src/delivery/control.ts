/** What an operator can do to a send that is under way: pause, resume, cancel, halt, retry. */
import { PaperboyError } from '../core/errors.ts';
import { settleStopped } from '../ledger/claims.ts';
import { livingFences } from '../ledger/incarnations.ts';
import type { Control } from '../ledger/issue.ts';
import { demandIssue, setControl } from '../ledger/issues.ts';
import { type LedgerDeps, ledgerNow } from '../ledger/ledger.ts';
import { type Replanned, replanRows } from '../ledger/replan.ts';
import { type PlanDeps, planIssue } from './plan-issue.ts';

/** @returns the control before. @throws PaperboyError `issue-unknown`, `issue-phase` */
export async function pauseIssue(ledger: LedgerDeps, id: string): Promise<Control> {
  return await setControl(ledger, id, 'paused');
}

/** @returns the control before. @throws PaperboyError `issue-unknown`, `issue-phase` */
export async function resumeIssue(ledger: LedgerDeps, id: string): Promise<Control> {
  return await setControl(ledger, id, 'running');
}

/**
 * Cancels: no gate opens from the first moment, and every open row is settled as cancelled before this returns, but for
 * those a worker holds just now, which their gate or the next wake-up cancels.
 * @throws PaperboyError `issue-unknown`
 */
export async function cancelIssue(deps: PlanDeps, id: string): Promise<Control> {
  const before = await setControl(deps.ledger, id, 'cancelled');
  // Whoever has no row yet gets one, so that the cancelled copies can be named.
  await planIssue(deps, id, new AbortController().signal);
  const issue = await demandIssue(deps.ledger, id);
  for (let page = 1; page <= issue.pages; page++) await settleStopped(deps.ledger, issue, page);
  return before;
}

/** The gate's deadline, the wait for the reply to the dot, and five minutes to be sure (RFC 5321 §4.5.3.2.6). */
export const uncertainRestMs = 30_000 + 10 * 60_000 + 5 * 60_000;

/**
 * Plans rejected or uncertain copies again. Uncertain ones must have rested: a late reply may still tell.
 * @throws PaperboyError `issue-unknown`, `issue-phase` when the issue is cancelled or has ended, `retry-too-early`
 */
export async function retryIssue(
  ledger: LedgerDeps,
  id: string,
  state: 'rejected' | 'uncertain',
): Promise<Replanned> {
  const issue = await demandIssue(ledger, id);
  if (issue.control === 'cancelled') throw new PaperboyError('issue-phase', `issue ${id} is cancelled`);
  if ((await ledgerNow(ledger)) >= issue.endsAt) {
    throw new PaperboyError('issue-phase', `issue ${id} ended at ${new Date(issue.endsAt).toISOString()}`, {
      hint: 'yesterday’s news is not sent tonight',
    });
  }
  const replanned = await replanRows(ledger, issue, {
    state,
    olderThanMs: state === 'uncertain' ? uncertainRestMs : 0,
    livingFences: await livingFences(ledger),
  });
  if (replanned.planned === 0 && replanned.heldBack > 0) {
    throw new PaperboyError(
      'retry-too-early',
      `${replanned.heldBack} ${state} copies of ${id} are too young or still in a worker's hands`,
      { hint: `a copy must have been uncertain for ${uncertainRestMs / 60_000} minutes` },
    );
  }
  return replanned;
}
