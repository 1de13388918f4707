/** Faults of the workers: killed, stopped, told to end, with a wrong clock or a full disk. */
import { spawnSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { keys } from '../../src/redis/keys.ts';
import type { Fault } from './faults.ts';
import {
  claimedPages,
  heartbeats,
  killAll,
  killed,
  letDie,
  locks,
  takeAll,
  untilTakenOver,
} from './killing.ts';
import { amidPlan, untilPlanMoves } from './planning.ts';
import { connections } from './rig.ts';
import { type FaultContext, momentMs, only, type Reader } from './run-context.ts';
import { untilSome } from './second-thoughts.ts';
import type { Worker } from './workers.ts';

/** A process without root may lower the limits of its own children. */
const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0;

/** Strikes once in a run, and meets fewer connections than what strikes again and again. */
const once = { deals: 1.5 } as const;

export const workerFaults: readonly Fault[] = [
  killing('kill -9 a worker', (run) => run.moment()),
  {
    ...killing('kill -9 a worker while it plans', async (run) => {
      if (run.random() < 0.25) await setTimeout(run.random() * 80);
      else await amidPlan(run, '');
    }),
    meets: 'plan',
    // Many a time the plan is finished before.
    deals: 3,
    // More than two stretches of the plan.
    size: 8_600,
  },
  {
    name: 'kill -9 all workers',
    kind: 'process',
    ...once,
    act: async (run) => {
      await run.moment();
      await killAll(run);
    },
  },
  {
    name: 'kill -9 at every page of the plan',
    kind: 'process',
    meets: 'plan',
    // More than three stretches of the plan.
    size: 12_600,
    act: async (run) => {
      let seen = '';
      for (let times = 0; times < 3; times++) {
        const [cursor, isPlanned] = await (times === 0 ? untilPlanMoves(run, seen) : amidPlan(run, seen));
        if (isPlanned && times > 0) return;
        seen = cursor;
        await killAll(run);
      }
    },
  },
  {
    name: 'dot: 451, then no reply, then kill -9',
    kind: 'process',
    ...once,
    cutsLines: true,
    // What the journals know of the first attempt says nothing of the second.
    act: async (run) => {
      const hit = run.pick(3 + Math.floor(run.random() * 4));
      const taken = run.random() < 0.5 ? { record: true } : {};
      const matching = (reader: Reader) =>
        ({ at: 'dot', matching: only([reader], 'dot'), times: 1 }) as const;
      await run.obey(
        ...hit.map((reader) => ({ ...matching(reader), reply: '451 4.3.0 try later' })),
        ...hit.map((reader) => ({ ...matching(reader), drop: true as const, ...taken })),
      );
      await untilSome(run, hit, 'uncertain');
      await run.hold(momentMs);
      await killAll(run);
    },
  },
  {
    name: 'SIGSTOP past the lease, SIGCONT',
    kind: 'process',
    act: async (run) => {
      const worker = run.rig.workers.take();
      if (!worker) return;
      await run.moment();
      run.facts.mayBeUncertain += connections;
      const before = await heartbeats(run);
      await run.strike();
      worker.stop();
      const held = await claimedPages(run);
      try {
        await letDie(run, before, run.rig.workers.alive.length - 1);
        await run.rig.redis.redis.del(...((await locks(run)) as [string]), keys.sweeperLease);
        // With other workers about, it wakes when one has just taken what it held, or some time after.
        if (run.rig.workers.alive.length > 1) {
          await untilTakenOver(run, held);
          await setTimeout(run.random() * (run.random() < 0.7 ? 100 : 1_000));
        }
      } finally {
        worker.go();
        run.rig.workers.done(worker);
      }
    },
  },
  {
    name: 'taken for dead while alive',
    kind: 'process',
    // The one that sweeps takes nobody for dead but others.
    needsWorkers: 2,
    act: async (run) => {
      await run.moment();
      const { redis } = run.rig.redis;
      const sweeper = await redis.get(keys.sweeperLease);
      const [victim] = (await redis.zrange(keys.incarnations, '0', '-1')).filter((each) => each !== sweeper);
      if (victim === undefined) return;
      await run.strike();
      // Its next beat would tell that it lives: until the sweeper has looked, it is silenced again and again.
      for (let tries = 0; tries < 60; tries++) {
        await redis.zadd(keys.incarnations, 'XX', 1, victim);
        if ((await redis.zscore(keys.incarnations, victim)) === null) return;
        await setTimeout(25);
      }
    },
  },
  terminating('SIGTERM under load', (run) => [run.rig.workers.take()]),
  terminating('SIGTERM to all workers', takeAll),
  clock('the clock jumps a day ahead', 24),
  clock('the clock jumps a day back', -24),
  ...(hasPrlimit
    ? [
        fullDisk('disk full under the journal', async () => {}),
        fullDisk('disk full under the journal, then kill -9', killAll),
      ]
    : []),
];

/** What cannot be done on this machine, and why; for the report. */
export const leftOut: readonly string[] = hasPrlimit ? [] : ['disk full under the journal: no prlimit here'];

/** All writes to files fail (EFBIG, which is met as ENOSPC is), some in the middle of a line. Sockets go on. */
function fullDisk(name: string, then: (run: FaultContext) => Promise<void>): Fault {
  return {
    name,
    kind: 'process',
    ...once,
    act: async (run) => {
      await run.moment();
      await run.strike();
      const pids = run.rig.workers.alive.map(({ child }) => String(child.pid));
      const limit = (soft: string) =>
        pids.map((pid) => spawnSync('prlimit', ['--pid', pid, `--fsize=${soft}:`]).status);
      // Somewhere within what it is going to write: so the last line that fits is cut short.
      limit(String(Math.floor(run.random() * 6_000)));
      // Nothing goes once it is full, so that no share of the readers will be served.
      await setTimeout(200 + run.random() * 1_500);
      await then(run);
      limit('unlimited');
    },
  };
}

/** While the relay is left alone for a moment, because its lines were cut. */
function clock(name: string, hours: number): Fault {
  return {
    name,
    kind: 'process',
    ...once,
    cutsLines: true,
    act: async (run) => {
      await run.moment();
      await run.strike();
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
    ...once,
    act: async (run) => {
      const worker = run.rig.workers.take();
      if (!worker) return;
      await moment(run);
      const before = await heartbeats(run);
      await run.strike();
      await killed(run, worker);
      await letDie(run, before, run.rig.workers.alive.length);
    },
  };
}

/** What is past its gate is finished, the rest given back: no copy is uncertain for it, and it is over in ten seconds. */
function terminating(name: string, choose: (run: FaultContext) => readonly (Worker | null)[]): Fault {
  return {
    name,
    kind: 'process',
    ...once,
    act: async (run) => {
      const chosen = choose(run).filter((worker) => worker !== null);
      await run.moment();
      await run.strike();
      const { violations } = run.facts;
      await Promise.all(
        chosen.map(async (worker) => {
          const { status, tookMs, wasStuck } = await worker.signal('SIGTERM');
          run.rig.workers.done(worker);
          if (wasStuck) violations.add(`SIGTERM: a worker had not ended after ${Math.round(tookMs)} ms`);
          else if (status !== 0 && run.isAlone) violations.add(`SIGTERM: a worker ended with ${status}`);
          else if (tookMs > 10_500) violations.add(`SIGTERM: a worker took ${Math.round(tookMs)} ms to end`);
        }),
      );
      void run.rig.workers.fill();
    },
  };
}
