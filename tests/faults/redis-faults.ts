/** Faults of Redis: away, full, read-only, unable to save, forgetful of what it need not know. */
import { setTimeout } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { randomFence } from '../../src/core/ids.ts';
import { claimRows } from '../../src/ledger/claims.ts';
import { readTally } from '../../src/ledger/reader.ts';
import { queuePrefix } from '../../src/redis/keys.ts';
import { untilTaken } from './again.ts';
import type { Fault } from './faults.ts';
import { killAll, locks } from './killing.ts';
import { lives } from './look.ts';
import { connections } from './rig.ts';
import { type FaultContext, patienceMs } from './run-context.ts';
import { knownAfterMs } from './uncertain.ts';

export const redisFaults: readonly Fault[] = [
  striking('kill -9 Redis, restart', async (run) => {
    await run.rig.redis.crash();
    await setTimeout(run.random() * 800);
    await run.rig.redis.restart();
  }),
  {
    name: 'kill -9 Redis while pages are claimed',
    kind: 'redis',
    meets: 'claim',
    deals: 2,
    act: async (run) => {
      // Answers to claims are lost that were made and are on disk.
      await untilClaimed(run);
      await run.rig.redis.crash();
      await run.strike();
      await setTimeout(run.random() * 400);
      await run.rig.redis.restart();
    },
  },
  {
    name: 'claims that were given up are made after all',
    kind: 'redis',
    meets: 'claim',
    act: async (run) => {
      for (let times = 1 + Math.floor(run.random() * 3); times > 0; times--) {
        await untilClaimed(run);
        await run.strike();
        await untilTaken(() => claimForNobody(run));
      }
    },
  },
  striking('kill -9 Redis and all workers', async (run) => {
    await run.rig.redis.crash();
    // A copy that was answered while Redis was away is known to nobody but the journal.
    await setTimeout(run.random() < 0.5 ? knownAfterMs + 500 : run.random() * 300);
    const restarted = setTimeout(run.random() * 300).then(() => run.rig.redis.restart());
    await killAllWithoutRedis(run, restarted);
  }),
  striking(
    'CLIENT KILL',
    async (run) => await run.rig.redis.redis.call('CLIENT', 'KILL', 'TYPE', 'normal'),
    4,
  ),
  striking(
    'CLIENT PAUSE',
    async (run) => {
      await run.rig.redis.redis.call('CLIENT', 'PAUSE', String(Math.round(200 + run.random() * 1500)), 'ALL');
    },
    3,
  ),
  settingOf('Redis is full', 'maxmemory', '1mb', '0'),
  settingOf('Redis takes no writes', 'min-replicas-to-write', '1', '0'),
  striking(
    'Redis is a replica (READONLY)',
    async (run) => {
      const { redis } = run.rig.redis;
      await redis.call('REPLICAOF', '127.0.0.1', '1');
      await setTimeout(200 + run.random() * 1_500);
      await redis.call('REPLICAOF', 'NO', 'ONE');
    },
    3,
  ),
  striking(
    'Redis cannot save (MISCONF)',
    async (run) => {
      const { redis } = run.rig.redis;
      const [, dir = ''] = (await redis.config('GET', 'dir')) as string[];
      await redis.config('SET', 'save', '3600 100000000', 'dir', '/proc');
      try {
        await redis.call('BGSAVE');
        await untilSaved(redis, 'err');
        await setTimeout(200 + run.random() * 1_500);
      } finally {
        await redis.config('SET', 'save', '', 'dir', dir);
        await redis.call('BGSAVE');
        await untilSaved(redis, 'ok');
      }
    },
    2,
  ),
  striking('scripts forgotten', (run) => run.rig.redis.redis.script('FLUSH'), 4),
  striking(
    'all BullMQ keys deleted',
    async (run) => {
      const all = await run.rig.redis.redis.keys(`${queuePrefix}*`);
      if (all.length > 0) await run.rig.redis.redis.del(...all);
    },
    3,
  ),
  striking(
    'BullMQ locks lost, every page woken again',
    async (run) => {
      await run.rig.redis.redis.del(...((await locks(run)) as [string]), 'none');
      const { pages } = (await run.rig.product.issues.readIssue(run.rig.ledger, run.issue)) ?? { pages: 0 };
      const jobs = Array.from({ length: pages }, (_, index) => ({ issue: run.issue, page: index + 1 }));
      for (let more = 0; more < 3; more++) {
        const epoch = 900_000 + Math.floor(run.random() * 90_000);
        await run.rig.operators[0].wakeups.deliver(jobs.map((job) => ({ ...job, epoch })));
      }
    },
    3,
  ),
  {
    name: 'readers leave while Redis is away',
    kind: 'redis',
    deals: 1.5,
    act: async (run) => {
      const some = run.pick(4 + Math.floor(run.random() * 12));
      await run.moment();
      await run.strike();
      await run.rig.redis.crash();
      await noteLeaves(run, some);
      await dotsHaveCome(run);
      await setTimeout(run.random() * 400);
      tell(run, some);
      await run.rig.redis.restart();
      // What the process with the pages does some time after Redis is back; workers must not wait for that.
      await setTimeout(run.random() * 4_000);
      await run.rig.operators[1].leaveLog.apply();
    },
  },
  {
    name: 'readers leave while Redis and the workers are away',
    kind: 'redis',
    deals: 1.5,
    act: async (run) => {
      const some = run.pick(4 + Math.floor(run.random() * 12));
      await run.moment();
      await run.strike();
      await run.rig.redis.crash();
      await noteLeaves(run, some);
      const restarted = dotsHaveCome(run).then(async () => {
        tell(run, some);
        await run.rig.redis.restart();
      });
      await killAllWithoutRedis(run, restarted);
    },
  },
];

/** Resolves when the first rows are, or nothing more will be, or it takes too long. */
async function untilClaimed({ rig, issue, isOver }: FaultContext): Promise<void> {
  for (const until = performance.now() + patienceMs; performance.now() < until; ) {
    const { counts } = await readTally(rig.ledger, issue);
    if (counts.claimed > 0 || (await isOver())) return;
  }
}

/** What comes of a question that was on its way for so long that its worker has given the claim back meanwhile. */
async function claimForNobody({ rig, issue: id, random }: FaultContext): Promise<void> {
  const issue = await rig.product.issues.readIssue(rig.ledger, id);
  const living = await lives(rig.ledger);
  const incarnation = living[Math.floor(random() * living.length)];
  if (issue === null || incarnation === undefined) return;
  const page = 1 + Math.floor(random() * issue.pages);
  await claimRows(rig.ledger, { issue, page, fence: randomFence(), incarnation }, 50);
}

const afterDotsMs = 400;

/**
 * Whose gate was passed before has written the dot by then, and the relay has read it: it keeps nobody back, and has
 * taken no copy for a while.
 */
async function dotsHaveCome(run: FaultContext): Promise<void> {
  const { sink } = run.rig;
  let taken = -1;
  for (
    let quietSince = performance.now();
    performance.now() - quietSince < afterDotsMs;
    await setTimeout(10)
  ) {
    if (!run.isHeld()) await sink.hurry();
    const { accepted } = await sink.stats();
    if (run.isHeld() || accepted !== taken) quietSince = performance.now();
    taken = accepted;
  }
}

function tell({ facts }: FaultContext, readers: readonly { readonly address: string }[]): void {
  for (const { address } of readers) facts.goneSince.set(address, Date.now());
}

/** As the pages do it when Redis does not answer; once it returns, the reader has been told. */
async function noteLeaves(run: FaultContext, some: readonly { readonly sid: number }[]): Promise<void> {
  for (const { sid } of some) {
    await run.rig.operators[1].leaveLog.note({
      sid,
      newsletter: run.newsletter,
      at: new Date().toISOString(),
    });
  }
}

async function killAllWithoutRedis(run: FaultContext, restarted: Promise<unknown>): Promise<void> {
  const { workers } = run.rig;
  run.facts.mayBeUncertain += connections * workers.alive.length;
  await Promise.all([...workers.alive].map((worker) => worker.signal('SIGKILL')));
  await restarted;
  await killAll(run);
}

/** At a moment of the run's, and at another if it takes no time. */
function striking(name: string, act: (run: FaultContext) => Promise<unknown>, most = 1): Fault {
  return {
    name,
    kind: 'redis',
    ...(most === 1 ? { deals: 1.5 } : {}),
    act: async (run) => {
      for (let times = 1 + Math.floor(run.random() * most); times > 0; times--) {
        await run.moment();
        await run.strike();
        await act(run);
      }
    },
  };
}

/** Redis is set so for a while. */
function settingOf(name: string, setting: string, to: string, back: string): Fault {
  return striking(
    name,
    async (run) => {
      await run.rig.redis.redis.config('SET', setting, to);
      await setTimeout(200 + run.random() * 1_500);
      await run.rig.redis.redis.config('SET', setting, back);
    },
    3,
  );
}

async function untilSaved(redis: Redis, status: 'ok' | 'err'): Promise<void> {
  for (const until = performance.now() + patienceMs; performance.now() < until; ) {
    const info = await redis.info('persistence');
    if (info.includes('rdb_bgsave_in_progress:0') && info.includes(`rdb_last_bgsave_status:${status}`))
      return;
    await setTimeout(10);
  }
  throw new Error(`BGSAVE does not end as ${status}`);
}
