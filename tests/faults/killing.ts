/** Ends workers, and lets the others find out soon. */
import { setTimeout } from 'node:timers/promises';
import { deadAfterMs } from '../../src/ledger/claims.ts';
import { keys, queuePrefix } from '../../src/redis/keys.ts';
import { connections } from './rig.ts';
import type { FaultContext } from './run-context.ts';
import type { Worker } from './workers.ts';

export function takeAll(run: FaultContext): Worker[] {
  const taken: Worker[] = [];
  for (let worker = run.rig.workers.take(); worker; worker = run.rig.workers.take()) taken.push(worker);
  return taken;
}

/** Those that no other fault has hold of. */
export async function killAll(run: FaultContext): Promise<void> {
  const taken = takeAll(run);
  const before = await heartbeats(run);
  await run.strike();
  await Promise.all(taken.map((worker) => killed(run, worker)));
  await letDie(run, before, run.rig.workers.alive.length);
}

export async function killed(run: FaultContext, worker: Worker): Promise<void> {
  run.facts.mayBeUncertain += connections;
  await worker.signal('SIGKILL');
  run.rig.workers.done(worker);
}

type Beats = ReadonlyMap<string, number>;

export async function heartbeats(run: FaultContext): Promise<Beats> {
  const flat = await run.rig.redis.redis.zrange(keys.incarnations, '0', '-1', 'WITHSCORES');
  const beats = new Map<string, number>();
  for (let at = 0; at < flat.length; at += 2) beats.set(flat[at] ?? '', Number(flat[at + 1]));
  return beats;
}

/**
 * Lets the lease of workers whose heart has stopped run out at once, most times; else it is waited for.
 * @param living how many hearts still beat
 */
export async function letDie(run: FaultContext, before: Beats, living: number): Promise<void> {
  void run.rig.workers.fill();
  if (run.random() < 0.05) {
    await setTimeout(deadAfterMs + 500);
    return;
  }
  // Living hearts beat once a second; whose does not is dead.
  for (let waited = 0; waited < 3_000; waited += 100) {
    const now = await heartbeats(run);
    const silent = [...before].filter(([each, beat]) => now.get(each) === beat).map(([each]) => each);
    if (before.size - silent.length >= living && waited >= (living === 0 ? 0 : 1_200)) {
      for (const each of silent) await run.rig.redis.redis.zadd(keys.incarnations, 'XX', 1, each);
      return;
    }
    await setTimeout(100);
  }
}

export async function locks(run: FaultContext): Promise<string[]> {
  return await run.rig.redis.redis.keys(`${queuePrefix}*:lock`);
}

/** Incarnation → pages of which it holds rows. */
export async function claimedPages({ rig }: FaultContext): Promise<ReadonlyMap<string, readonly string[]>> {
  const { redis } = rig.redis;
  const pages = new Map<string, string[]>();
  for (const each of await redis.zrange(keys.incarnations, '0', '-1')) {
    pages.set(each, Object.values(await redis.hgetall(keys.claims(each))));
  }
  return pages;
}

/** Resolves when one of these incarnations holds nothing any more and another has taken a page of it, or it takes too long. */
export async function untilTakenOver(
  run: FaultContext,
  before: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  for (const until = performance.now() + 2_500; performance.now() < until; await setTimeout(10)) {
    const now = await claimedPages(run);
    const isTaken = [...before].some(
      ([former, pages]) =>
        pages.length > 0 &&
        (now.get(former) ?? []).length === 0 &&
        [...now].some(([other, theirs]) => other !== former && theirs.some((page) => pages.includes(page))),
    );
    if (isTaken) return;
  }
}
