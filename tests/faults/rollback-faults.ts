/** Redis forgets: the tail of what it wrote, or everything since a backup; or it is another Redis altogether. */
import { setTimeout } from 'node:timers/promises';
import { keys } from '../../src/redis/keys.ts';
import { untilTaken } from './again.ts';
import type { Fault } from './faults.ts';
import { connections } from './rig.ts';
import { forgetTail, writtenSoFar } from './rollback.ts';
import { bar, type FaultContext } from './run-context.ts';

export const rollbackFaults: readonly Fault[] = [
  forgetting('Redis forgets 1–64 KB of its tail', async (run) => {
    // The issue itself is remembered: what is to be done with one that is not is nothing a run could judge.
    const keep = await writtenSoFar(run.rig.redis);
    await run.moment();
    await someLeave(run);
    await run.strike();
    await forgetTail(run.rig.redis, 1_024 + Math.floor(run.random() * 63 * 1_024), keep);
  }),
  forgetting('Redis forgets a few bytes of its tail', async (run) => {
    const keep = await writtenSoFar(run.rig.redis);
    await run.moment();
    await someLeave(run);
    await run.strike();
    await forgetTail(run.rig.redis, 1 + Math.floor(run.random() * 400), keep);
  }),
  forgetting('an older copy of Redis is restored', async (run) => {
    await run.reach(run.random() * 0.3);
    const copy = await run.rig.redis.copy();
    await setTimeout(run.random() * 500);
    await run.moment();
    await someLeave(run);
    await run.strike();
    await run.rig.redis.rewind(copy);
  }),
  forgetting('Redis is another one', async (run) => {
    await run.moment();
    await run.strike();
    const { redis } = run.rig.redis;
    const before = await redis.hget(keys.store, 'storeId');
    await redis.hset(keys.store, 'storeId', 'another');
    await setTimeout(500 + run.random() * 1_000);
    if (before !== null) await redis.hset(keys.store, 'storeId', before);
  }),
];

/** What Redis is about to forget of them they were told: that they have left. */
async function someLeave(run: FaultContext): Promise<void> {
  const some = run.pick(Math.floor(run.random() * 8));
  for (const { sid } of some)
    await untilTaken(() => run.rig.operators[1].subscribers.leave(sid, run.newsletter));
  bar(run, await run.notPastGate(some), 'having left');
}

/** What was past its gate in the forgotten stretch is told by the journals; what they cannot tell is uncertain. */
function forgetting(name: string, act: (run: FaultContext) => Promise<void>): Fault {
  return {
    name,
    kind: 'redis',
    isLonely: true,
    act: async (run) => {
      run.facts.mayBeUncertain += connections * run.rig.workers.alive.length;
      await act(run);
    },
  };
}
