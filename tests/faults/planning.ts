/** How far the plan of a run's issue has come. */
import { setTimeout } from 'node:timers/promises';
import { keys } from '../../src/redis/keys.ts';
import { untilTaken } from './again.ts';
import { type FaultContext, patienceMs } from './run-context.ts';

/** @returns the plan's cursor once it is another, and whether the plan is finished */
export async function untilPlanMoves(run: FaultContext, seen: string): Promise<readonly [string, boolean]> {
  for (const until = performance.now() + patienceMs; performance.now() < until; ) {
    const [cursor, isPlanned] = await run.rig.redis.redis.hmget(
      keys.issue(run.issue),
      'planCursor',
      'isPlanned',
    );
    if (isPlanned === '1') return [cursor ?? '', true];
    if (cursor !== null && cursor !== undefined && cursor !== '1' && cursor !== seen) return [cursor, false];
    await setTimeout(1);
  }
  // Something else holds it up; that it goes on in the end is I10.
  return [seen, true];
}

/**
 * Resolves amid a plan, when its cursor has moved and copies of what is planned are on their way.
 * @returns as `untilPlanMoves`
 */
export async function amidPlan(run: FaultContext, seen: string): Promise<readonly [string, boolean]> {
  const moved = await untilPlanMoves(run, seen);
  // As the sweeper does it every half second.
  await untilTaken(() => run.rig.product.sweep.wakeDue(run.rig.operators[0]));
  await run.hold(400);
  return moved;
}
