/** Faults of the workers and of Redis. */
import { setTimeout } from 'node:timers/promises';
import { deadAfterMs } from '../../src/ledger/claims.ts';
import { keys, queuePrefix } from '../../src/redis/keys.ts';
import type { Fault } from './faults.ts';
import { connections } from './rig.ts';
import type { FaultContext } from './run-context.ts';
import type { Worker } from './workers.ts';

export const processFaults: readonly Fault[] = [
  killing('kill -9 a worker', (run) => run.reach(run.random() * 0.8)),
  killing('kill -9 a worker while it plans', (run) => setTimeout(run.random() * 80)),
  {
    name: 'kill -9 all workers',
    kind: 'process',
    act: async (run) => {
      await run.reach(run.random() * 0.8);
      const taken = takeAll(run);
      const before = await heartbeats(run);
      await Promise.all(taken.map((worker) => killed(run, worker)));
      await letDie(run, before, 0);
    },
  },
  {
    name: 'SIGSTOP past the lease, SIGCONT',
    kind: 'process',
    act: async (run) => {
      const worker = run.rig.workers.take();
      if (!worker) return;
      await run.reach(run.random() * 0.8);
      run.facts.mayBeUncertain += connections;
      const before = await heartbeats(run);
      worker.stop();
      await letDie(run, before, run.rig.workers.alive.length - 1);
      await run.rig.redis.redis.del(...((await locks(run)) as [string]), keys.sweeperLease);
      // With other workers about, what it held is taken from it before it wakes.
      if (run.rig.workers.alive.length > 1) await setTimeout(600 + run.random() * 800);
      worker.go();
      run.rig.workers.done(worker);
    },
  },
  {
    name: 'taken for dead while alive',
    kind: 'process',
    act: async (run) => {
      await run.reach(run.random() * 0.7);
      const { redis } = run.rig.redis;
      const sweeper = await redis.get(keys.sweeperLease);
      const [victim] = (await redis.zrange(keys.incarnations, '0', '-1')).filter((each) => each !== sweeper);
      if (victim === undefined) return;
      // Its next beat would tell that it lives: until the sweeper has looked, it is silenced again and again.
      for (let tries = 0; tries < 60; tries++) {
        await redis.zadd(keys.incarnations, 'XX', 1, victim);
        if ((await redis.zscore(keys.incarnations, victim)) === null) return;
        await setTimeout(25);
      }
    },
  },
  {
    name: 'SIGTERM under load',
    kind: 'process',
    act: async (run) => {
      const worker = run.rig.workers.take();
      if (!worker) return;
      await run.reach(run.random() * 0.8);
      const { status, tookMs } = await worker.signal('SIGTERM');
      run.rig.workers.done(worker);
      if (status !== 0 && run.isAlone) run.facts.violations.add(`SIGTERM: a worker ended with ${status}`);
      if (tookMs > 10_500) run.facts.violations.add(`SIGTERM: a worker took ${Math.round(tookMs)} ms to end`);
      void run.rig.workers.fill();
    },
  },
  {
    name: 'kill -9 Redis, restart',
    kind: 'redis',
    act: async (run) => {
      await run.reach(run.random() * 0.8);
      await run.rig.redis.crash();
      await setTimeout(run.random() * 800);
      await run.rig.redis.restart();
    },
  },
  {
    name: 'CLIENT KILL',
    kind: 'redis',
    act: async (run) => {
      for (let times = 1 + Math.floor(run.random() * 4); times > 0; times--) {
        await run.reach(run.random() * 0.8);
        await run.rig.redis.redis.call('CLIENT', 'KILL', 'TYPE', 'normal');
      }
    },
  },
  {
    name: 'CLIENT PAUSE',
    kind: 'redis',
    act: async (run) => {
      await run.reach(run.random() * 0.8);
      await run.rig.redis.redis.call('CLIENT', 'PAUSE', String(Math.round(200 + run.random() * 1500)), 'ALL');
    },
  },
  settingOf('Redis is full', 'maxmemory', '1mb', '0'),
  settingOf('Redis takes no writes', 'min-replicas-to-write', '1', '0'),
  clock('the clock jumps a day ahead', 24),
  clock('the clock jumps a day back', -24),
  {
    name: 'scripts forgotten',
    kind: 'redis',
    act: async (run) => {
      await run.reach(run.random() * 0.8);
      await run.rig.redis.redis.script('FLUSH');
    },
  },
  {
    name: 'all BullMQ keys deleted',
    kind: 'redis',
    act: async (run) => {
      await run.reach(run.random() * 0.8);
      const all = await run.rig.redis.redis.keys(`${queuePrefix}*`);
      if (all.length > 0) await run.rig.redis.redis.del(...all);
    },
  },
  {
    name: 'BullMQ locks lost, every page woken again',
    kind: 'redis',
    act: async (run) => {
      await run.reach(run.random() * 0.8);
      await run.rig.redis.redis.del(...((await locks(run)) as [string]), 'none');
      const { pages } = (await run.rig.product.issues.readIssue(run.rig.ledger, run.issue)) ?? { pages: 0 };
      const jobs = Array.from({ length: pages }, (_, index) => ({ issue: run.issue, page: index + 1 }));
      for (const epoch of [900_001, 900_002, 900_003]) {
        await run.rig.operators[0].wakeups.deliver(jobs.map((job) => ({ ...job, epoch })));
      }
    },
  },
];

/** Redis is set so for a while. */
function settingOf(name: string, setting: string, to: string, back: string): Fault {
  return {
    name,
    kind: 'redis',
    act: async (run) => {
      await run.reach(run.random() * 0.8);
      await run.rig.redis.redis.config('SET', setting, to);
      await setTimeout(200 + run.random() * 1_500);
      await run.rig.redis.redis.config('SET', setting, back);
    },
  };
}

/** While the relay is left alone for a moment, because its lines were cut. */
function clock(name: string, hours: number): Fault {
  return {
    name,
    kind: 'process',
    act: async (run) => {
      await run.reach(run.random() * 0.7);
      run.facts.mayBeUncertain += connections * run.rig.workers.alive.length;
      await run.rig.sink.dropConnections();
      await setTimeout(100);
      run.rig.workers.jump(hours * 3_600_000);
    },
  };
}

function killing(name: string, moment: (run: FaultContext) => Promise<unknown>): Fault {
  return {
    name,
    kind: 'process',
    act: async (run) => {
      const worker = run.rig.workers.take();
      if (!worker) return;
      await moment(run);
      const before = await heartbeats(run);
      await killed(run, worker);
      await letDie(run, before, run.rig.workers.alive.length);
    },
  };
}

function takeAll(run: FaultContext): Worker[] {
  const taken: Worker[] = [];
  for (let worker = run.rig.workers.take(); worker; worker = run.rig.workers.take()) taken.push(worker);
  return taken;
}

async function killed(run: FaultContext, worker: Worker): Promise<void> {
  run.facts.mayBeUncertain += connections;
  await worker.signal('SIGKILL');
  run.rig.workers.done(worker);
}

type Beats = ReadonlyMap<string, number>;

async function heartbeats(run: FaultContext): Promise<Beats> {
  const flat = await run.rig.redis.redis.zrange(keys.incarnations, '0', '-1', 'WITHSCORES');
  const beats = new Map<string, number>();
  for (let at = 0; at < flat.length; at += 2) beats.set(flat[at] ?? '', Number(flat[at + 1]));
  return beats;
}

/**
 * Lets the lease of workers whose heart has stopped run out at once, most times; else it is waited for.
 * @param living how many hearts still beat
 */
async function letDie(run: FaultContext, before: Beats, living: number): Promise<void> {
  void run.rig.workers.fill();
  if (run.random() < 0.1) {
    await setTimeout(deadAfterMs + 500);
    return;
  }
  // Living hearts beat once a second; whose does not is dead.
  for (let waited = 0; waited < 3_000; waited += 100) {
    const now = await heartbeats(run);
    const silent = [...before].filter(([each, beat]) => now.get(each) === beat).map(([each]) => each);
    if (before.size - silent.length >= living && waited >= 1_200) {
      for (const each of silent) await run.rig.redis.redis.zadd(keys.incarnations, 'XX', 1, each);
      return;
    }
    await setTimeout(100);
  }
}

async function locks(run: FaultContext): Promise<string[]> {
  return await run.rig.redis.redis.keys(`${queuePrefix}*:lock`);
}
