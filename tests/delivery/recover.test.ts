/** Redis forgets: an old copy is restored while workers live or lie dead, and nobody gets a second copy. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/core/log.ts';
import { type DeliverDeps, deliverPage } from '../../src/delivery/deliver-page.ts';
import { planIssue } from '../../src/delivery/plan-issue.ts';
import { openWorkerLedger, type WorkerLedger } from '../../src/delivery/worker-ledger.ts';
import { type Claim, claimRows, releaseClaim } from '../../src/ledger/claims.ts';
import { beat, reclaimFromDead } from '../../src/ledger/incarnations.ts';
import { demandIssue, readIssue } from '../../src/ledger/issues.ts';
import { readTally } from '../../src/ledger/reader.ts';
import { replanRows } from '../../src/ledger/replan.ts';
import { verifyIssue } from '../../src/ledger/verify.ts';
import { keys } from '../../src/redis/keys.ts';
import { claimStore } from '../../src/redis/store-id.ts';
import { createStubTransport } from '../../src/transport/stub.ts';
import { isConnection } from '../../src/transport/transport.ts';
import { createDepartureLog, type DepartureLog, noDepartureLog } from '../../subscribers/departures.ts';
import { createSubscriberStore, type SubscriberStore } from '../../subscribers/store.ts';
import { type Desk, openDesk } from '../helpers/desk.ts';
import { digestOf, storyOf } from '../helpers/digests.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';

const issue = 'ai-daily-2026-03-02';
const never = new AbortController().signal;
const digest = digestOf([{ name: '模型', stories: [storyOf('模型新闻', { topics: ['models'], line: 3 })] }], {
  date: '2026-03-02',
});

let server: TestRedis;
let desk: Desk;
let storeId: string;
/** Addresses, one for each copy that a relay accepted from any worker. */
let record: string[];

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(async () => {
  await server.stop();
});
beforeEach(async () => {
  desk = await openDesk(server);
  ({ storeId } = await claimStore(server.redis, { keyringFingerprint: 'ours', now: 0 }));
  record = [];
  await desk.subscribe(30, 'all');
});

interface Worker extends WorkerLedger {
  readonly folder: string;
  readonly deps: DeliverDeps;
  /** Delivers until so many copies were accepted, or nothing is due. */
  deliver(copies?: number, of?: string): Promise<void>;
}

async function startWorker(folder?: string): Promise<Worker> {
  const dataDir = folder ?? (await mkdtemp(join(tmpdir(), 'paperboy-recover-')));
  const own = await openWorkerLedger({ ...desk, log: silentLogger, environment: { dataDir }, storeId });
  const incarnation = `${own.ledger.position?.worker}.1`;
  let stopping = new AbortController();
  let left = 0;
  const stub = createStubTransport();
  const relay = {
    ...stub,
    connect: async () => {
      const opened = await stub.connect();
      if (!isConnection(opened)) return opened;
      const send = opened.send;
      opened.send = async (message, gate) => {
        const outcome = await send(message, gate);
        if (outcome.type === 'accepted') {
          record.push(message.envelope.to);
          if (--left === 0) stopping.abort();
        }
        return outcome;
      };
      return opened;
    },
  };
  const deps = { ...(await desk.worker(relay)), ...own, incarnation: () => incarnation };
  // The desk's own worker is not there.
  await server.redis.zrem(keys.incarnations, 'worker');
  await beat(own.ledger, incarnation, true);
  return {
    ...own,
    folder: dataDir,
    deps,
    deliver: async (copies = Number.POSITIVE_INFINITY, of = issue) => {
      left = copies;
      stopping = new AbortController();
      const { pages } = await demandIssue(desk.ledger, of);
      for (let page = 1; page <= pages && !stopping.signal.aborted; page++) {
        await deliverPage(deps, of, page, stopping.signal);
      }
    },
  };
}

/** Five rows of the first page. */
async function claimOf({ ledger, deps }: Worker): Promise<Claim> {
  const request = { issue: await demandIssue(desk.ledger, issue), page: 1, fence: 99 };
  const claim = await claimRows(ledger, { ...request, incarnation: deps.incarnation() }, 5);
  if (claim === null) throw new Error('dead');
  return claim;
}

/** Attends for all, by turns, until claiming goes on. */
async function callRoll(...workers: readonly Worker[]): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    const answers = [];
    for (const { rollCall } of workers) answers.push(await rollCall.attend());
    if (answers.every((answer) => answer)) return;
  }
  throw new Error('the roll call does not end');
}

/** The issue is published and planned, and the workers may claim. */
async function planFor(...workers: readonly Worker[]): Promise<void> {
  await desk.publish(digest);
  await planIssue(desk, issue, never);
  await callRoll(...workers);
}

function storeWith(departures: DepartureLog): SubscriberStore {
  const pepper = desk.keyring.suppressionPepper;
  const newsletters = ['ai-daily'];
  return createSubscriberStore({
    redis: server.redis,
    newsletters,
    pepper,
    clock: () => desk.now,
    departures,
  });
}

/** @returns a data folder in which all departures of the desk's readers are noted from now on */
async function noteDepartures(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'paperboy-recover-'));
  desk = Object.assign(desk, { subscribers: storeWith(createDepartureLog(dataDir, silentLogger)) });
  return dataDir;
}

/** A worker that has had its heart stop: after that long nobody waits for it. */
const silenceMs = 6_000;

async function expectOneCopyEach(counts: object): Promise<void> {
  expect(record.length).toBe(new Set(record).size);
  expect((await readTally(desk.ledger, issue)).counts).toMatchObject(counts);
  expect((await verifyIssue(desk.ledger, issue)).gaps).toEqual([]);
}

describe('a worker that lives through a loss of Redis’ memory', () => {
  it('notices before it sends anything, tells what it knows, and sends the rest', async () => {
    const worker = await startWorker();
    await planFor(worker);
    const copy = await server.copy();
    await worker.deliver(10);
    await server.rewind(copy);
    expect((await readTally(desk.ledger, issue)).counts).toMatchObject({ planned: 30, accepted: 0 });
    await worker.deliver();
    expect(record).toHaveLength(30);
    await expectOneCopyEach({ accepted: 30, uncertain: 0 });
  });

  it('lets readers leave again who had left on a machine whose worker comes later', async () => {
    const dataDir = await noteDepartures();
    const here = desk.subscribers;
    desk = Object.assign(desk, { subscribers: storeWith(noDepartureLog) });
    const worker = await startWorker();
    await planFor(worker);
    const copy = await server.copy();
    for (const sid of [28, 29, 30]) await here.leave(sid, 'ai-daily');
    await server.rewind(copy);
    await callRoll(worker);
    desk = Object.assign(desk, { subscribers: here });
    const late = await startWorker(dataDir);
    await callRoll(worker, late);
    await worker.deliver();
    await expectOneCopyEach({ accepted: 27, skipped: 3 });
    await rm(dataDir, { recursive: true });
  });

  it.each([
    ['with much else', false],
    ['and nothing of any worker’s', true],
  ])(
    'lets readers leave again whose leaving was forgotten %s, before it claims anything',
    async (_, isAll) => {
      const dataDir = await mkdtemp(join(tmpdir(), 'paperboy-recover-'));
      const departures = createDepartureLog(dataDir, silentLogger);
      const pepper = desk.keyring.suppressionPepper;
      const deps = {
        redis: server.redis,
        newsletters: ['ai-daily'],
        pepper,
        clock: () => desk.now,
        departures,
      };
      desk = Object.assign(desk, { subscribers: createSubscriberStore(deps) });
      const worker = await startWorker(dataDir);
      await planFor(worker);
      const before = await server.copy();
      await worker.deliver(10);
      const after = await server.copy();
      for (const sid of [28, 29, 30]) await desk.subscribers.leave(sid, 'ai-daily');
      await server.rewind(isAll ? after : before);
      await callRoll(worker);
      await worker.deliver();
      await expectOneCopyEach({ accepted: 27, skipped: 3 });
      await rm(dataDir, { recursive: true });
    },
  );

  it('makes forgotten rows again before it tells what became of them', async () => {
    const worker = await startWorker();
    await desk.publish(digest);
    await callRoll(worker);
    const copy = await server.copy();
    await planIssue(desk, issue, never);
    await worker.deliver(10);
    await server.rewind(copy);
    expect((await demandIssue(desk.ledger, issue)).isPlanned).toBe(false);
    await callRoll(worker);
    await worker.deliver();
    await expectOneCopyEach({ accepted: 30 });
  });

  it('is waited for by those who have lost nothing', async () => {
    const [one, other] = [await startWorker(), await startWorker()];
    await planFor(one, other);
    const copy = await server.copy();
    await one.deliver(10);
    await server.rewind(copy);
    // The other one was idle: by its own number Redis has forgotten nothing.
    expect(await other.rollCall.attend()).toBe(false);
    await expect(claimOf(other)).rejects.toMatchObject({ code: 'redis-unconfirmed' });
    await callRoll(one, other);
    await other.deliver();
    await expectOneCopyEach({ accepted: 30 });
  });

  it('gives back what a claim took whose answer was lost with the server, and was asked for again', async () => {
    const worker = await startWorker();
    await planFor(worker);
    const { redis } = worker.ledger;
    let asked = 0;
    // As ioredis does it: what was on its way when the connection was lost is sent once more.
    const askTwice = async (...args: (string | number | Buffer)[]): Promise<unknown> => {
      const ask = (): Promise<unknown> => Reflect.apply(Reflect.get(redis, 'evalshaBuffer'), redis, args);
      const answer = await ask();
      if (++asked > 1) return answer;
      await server.crash();
      await server.restart();
      return await ask();
    };
    const repeating = new Proxy(redis, {
      get: (target, name) => {
        const value = name === 'evalshaBuffer' ? askTwice : Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    Object.assign(worker.deps, { ledger: { ...worker.ledger, redis: repeating } });
    await worker.deliver();
    await expectOneCopyEach({ accepted: 30, claimed: 0 });
  });

  it('sends no correction again that Redis has forgotten', async () => {
    const worker = await startWorker();
    await planFor(worker);
    await worker.deliver();
    const copy = await server.copy();
    const corrected = { ...digest, title: '更正' };
    const correction = (await desk.publish(corrected, 'correct')).issue;
    await planIssue(desk, correction, never);
    await worker.deliver(Number.POSITIVE_INFINITY, correction);
    expect(record).toHaveLength(60);
    await server.rewind(copy);
    await callRoll(worker);
    await expect(desk.publish(corrected, 'correct')).rejects.toMatchObject({ code: 'issue-forgotten' });
  });

  it('begins a new life, so that claims that came back with the old one are given back', async () => {
    const worker = await startWorker();
    await planFor(worker);
    let lives = 0;
    worker.rollCall.whenRecovered(async () => {
      lives++;
    });
    const claim = await claimOf(worker);
    const copy = await server.copy();
    const open = { ...claim, issueId: issue, incarnation: worker.deps.incarnation() };
    expect(await releaseClaim(worker.ledger, open, worker.deps.incarnation())).toBe(5);
    await server.rewind(copy);
    await worker.deliver();
    expect(lives).toBe(1);
    expect((await readTally(desk.ledger, issue)).counts).toMatchObject({ claimed: 5, accepted: 25 });
    desk.now += silenceMs;
    await reclaimFromDead(worker.ledger, 'sweeper');
    await beat(worker.ledger, worker.deps.incarnation(), true);
    await worker.deliver();
    await expectOneCopyEach({ accepted: 30 });
  });

  it('applies its journals again when Redis was restarted before all had', async () => {
    const [one, idle] = [await startWorker(), await startWorker()];
    await planFor(one, idle);
    const copy = await server.copy();
    await one.deliver(10);
    await server.rewind(copy);
    expect(await one.rollCall.attend()).toBe(false);
    expect(await idle.rollCall.attend()).toBe(false);
    expect(await one.rollCall.attend()).toBe(false);
    await server.rewind(copy);
    await callRoll(one, idle);
    await idle.deliver();
    await expectOneCopyEach({ accepted: 30 });
  });

  it('passes no gate with a claim that others have taken over since, and that came back', async () => {
    const [stopped, other] = [await startWorker(), await startWorker()];
    await planFor(stopped, other);
    const claim = await claimOf(stopped);
    const copy = await server.copy();
    desk.now += silenceMs;
    await beat(other.ledger, other.deps.incarnation(), true);
    await reclaimFromDead(other.ledger, other.deps.incarnation());
    await other.deliver();
    expect(record).toHaveLength(30);
    await server.rewind(copy);
    const [row] = claim.rows;
    if (!row) throw new Error('no row');
    expect(await stopped.gatekeeper.askGate({ claim, row })).toBe('lost');
  });

  it('does not undo an operator’s retry', async () => {
    const worker = await startWorker();
    await planFor(worker);
    const claim = await claimOf(worker);
    const [row] = claim.rows;
    if (!row) throw new Error('no row');
    expect(await worker.gatekeeper.askGate({ claim, row })).toBe('go');
    const lost = { to: 'uncertain', reason: 'connection-lost' } as const;
    await worker.gatekeeper.settle({ claim, row, settlement: lost }, { reply: '', queueId: '' });
    const open = { ...claim, issueId: issue, incarnation: worker.deps.incarnation() };
    await releaseClaim(worker.ledger, open, worker.deps.incarnation());
    desk.now += 60 * 60_000;
    await replanRows(desk.ledger, await demandIssue(desk.ledger, issue), {
      state: 'uncertain',
      olderThanMs: 0,
      livingFences: [],
    });
    await beat(worker.ledger, worker.deps.incarnation(), true);
    await callRoll(worker);
    const copy = await server.copy();
    await beat(worker.ledger, worker.deps.incarnation());
    await claimOf(worker);
    await server.rewind(copy);
    await callRoll(worker);
    expect((await readTally(desk.ledger, issue)).counts).toMatchObject({ uncertain: 0 });
  });

  it('sends nothing from another store', async () => {
    const worker = await startWorker();
    await planFor(worker);
    await worker.deliver(10);
    await server.redis.flushall();
    await claimStore(server.redis, { keyringFingerprint: 'ours', now: 0 });
    await desk.subscribe(30, 'all');
    await desk.publish(digest);
    await planIssue(desk, issue, never);
    await expect(claimOf(worker)).rejects.toThrow('dead');
    await beat(worker.ledger, worker.deps.incarnation(), true);
    await expect(claimOf(worker)).rejects.toMatchObject({ code: 'redis-forgot' });
    await expect(worker.rollCall.attend()).rejects.toMatchObject({ code: 'store-changed' });
  });
});

describe('a worker that died before Redis lost its memory', () => {
  it('is spoken for by its journal', async () => {
    const dead = await startWorker();
    await planFor(dead);
    const copy = await server.copy();
    await dead.deliver(10);
    await server.rewind(copy);
    desk.now += silenceMs;
    const next = await startWorker(dead.folder);
    await whenServerIsOld();
    await callRoll(next);
    await next.deliver();
    await expectOneCopyEach({ accepted: 30 });
  }, 20_000);

  it('leaves uncertain what was on its way and of which its journal tells nothing more', async () => {
    const dead = await startWorker();
    await planFor(dead);
    const copy = await server.copy();
    const claim = await claimOf(dead);
    for (const row of claim.rows.slice(0, 2)) {
      expect(await dead.gatekeeper.askGate({ claim, row })).toBe('go');
    }
    await server.rewind(copy);
    desk.now += silenceMs;
    const next = await startWorker(dead.folder);
    await whenServerIsOld();
    await callRoll(next);
    await next.deliver();
    await expectOneCopyEach({ accepted: 28, uncertain: 2 });
  }, 20_000);

  it('whose journal is missing leaves uncertain all it held, when others find that something was forgotten', async () => {
    const [lost, other] = [await startWorker(), await startWorker()];
    await planFor(lost, other);
    expect(await claimOf(lost)).toMatchObject({ rows: { length: 5 } });
    const copy = await server.copy();
    await other.deliver(10);
    await server.rewind(copy);
    await rm(lost.folder, { recursive: true });
    desk.now += silenceMs;
    await beat(other.ledger, other.deps.incarnation(), true);
    await whenServerIsOld();
    await reclaimFromDead(other.ledger, other.deps.incarnation());
    await callRoll(other);
    await other.deliver();
    await expectOneCopyEach({ uncertain: 5, accepted: 25 });
  }, 20_000);

  it('keeps an issue from being sent twice that Redis has forgotten as a whole', async () => {
    const dead = await startWorker();
    const copy = await server.copy();
    await planFor(dead);
    await dead.deliver(10);
    await server.rewind(copy);
    expect(await readIssue(desk.ledger, issue)).toBeNull();
    await callRoll(dead);
    await expect(desk.publish(digest)).rejects.toMatchObject({ code: 'issue-forgotten' });
  });

  it('from another store is no worker of ours: nothing is sent until a person has looked', async () => {
    const dead = await startWorker();
    await planFor(dead);
    await dead.deliver(1);
    storeId = 'another';
    await expect(startWorker(dead.folder)).rejects.toMatchObject({ code: 'store-changed' });
  });
});

describe('a restart after which nothing is missing', () => {
  it('needs no journal, and sending goes on', async () => {
    const worker = await startWorker();
    await planFor(worker);
    await worker.deliver(10);
    await server.crash();
    await server.restart();
    expect(await server.redis.get(keys.confirmedRun)).not.toBeNull();
    await worker.deliver();
    await expectOneCopyEach({ accepted: 30 });
  });
});

/** A server that has just started waits for workers that may come back; how long, it knows only in whole seconds. */
async function whenServerIsOld(): Promise<void> {
  for (;;) {
    const uptime = /uptime_in_seconds:(\d+)/.exec(await server.redis.info('server'))?.[1];
    if (Number(uptime) >= 5) return;
  }
}
