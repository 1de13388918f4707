/** One turn of the sweeper: takes from dead workers what they held, and wakes whatever is due. */
import type { Logger } from '../core/log.ts';
import { hastenPlans, holdSweeperLease, reclaimFromDead, takeDue } from '../ledger/incarnations.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';
import type { DeliverJob, Wakeups } from '../queue/wakeups.ts';

export interface SweepDeps {
  readonly ledger: LedgerDeps;
  readonly wakeups: Pick<Wakeups, 'plan' | 'deliver' | 'waiting'>;
  readonly log: Logger;
}

/** Longer than the pause between two turns, so that the lease stays with one worker; short, so that another follows. */
const leaseMs = 3_000;

/** So many wake-ups wait at most: pages beyond stay due, and a queue that nobody empties does not grow. */
const wakeLimit = 1_000;

/** @returns whether this worker was the one that swept */
export async function sweep(deps: SweepDeps, incarnation: string): Promise<boolean> {
  if (!(await holdSweeperLease(deps.ledger, incarnation, leaseMs))) return false;
  const reclaimed = await reclaimFromDead(deps.ledger, incarnation);
  if (reclaimed.incarnations.length > 0) {
    deps.log.warn(reclaimed, 'workers died; what they held was taken from them');
    // One of them may have been planning: nobody holds a plan, and its next wake-up is half a minute away.
    await hastenPlans(deps.ledger);
  }
  await wakeDue(deps);
  return true;
}

/** Wakes whatever is due now. Harmless at any time and from anywhere: who is woken for nothing finds nothing due. */
export async function wakeDue(deps: Pick<SweepDeps, 'ledger' | 'wakeups'>): Promise<void> {
  const room = wakeLimit - (await deps.wakeups.waiting());
  if (room <= 0) return;
  const { epoch, members } = await takeDue(deps.ledger, room);
  const deliveries: DeliverJob[] = [];
  for (const member of members) {
    if (member.kind === 'plan') await deps.wakeups.plan({ issue: member.issue, epoch });
    else deliveries.push({ issue: member.issue, page: member.page, epoch });
  }
  await deps.wakeups.deliver(deliveries);
}
