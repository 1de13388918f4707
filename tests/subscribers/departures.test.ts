/** Redis has forgotten who left: it is restored as it was before, and the log of departures is replayed. */
import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/core/log.ts';
import { createDepartureLog } from '../../subscribers/departures.ts';
import { createSubscriberStore, type SubscriberStore } from '../../subscribers/store.ts';
import { newsletters, type OpenStore, openStore, pepper } from './open-store.ts';

let open: OpenStore;
let folder: string;
let store: SubscriberStore;
beforeAll(async () => {
  open = await openStore();
});
afterAll(() => open.stop());
beforeEach(async () => {
  await open.redis.flushall();
  folder = await mkdtemp(join(tmpdir(), 'paperboy-departures-'));
  store = storeOn(folder);
});
afterEach(() => rm(folder, { recursive: true }));

/** As it is on another machine, with a log of its own, too. */
function storeOn(dataDir: string): SubscriberStore {
  const departures = createDepartureLog(dataDir, silentLogger);
  return createSubscriberStore({
    redis: open.redis,
    newsletters,
    pepper,
    clock: () => open.clock.now,
    departures,
  });
}

const names = ['ann', 'ben', 'cat', 'dan', 'eve', 'fay'] as const;
const addressOf = (name: string) => `${name}@example.com`;

async function subscribe(...some: readonly string[]): Promise<void> {
  const inputs = some.map((name) => ({
    address: addressOf(name),
    memberships: ['daily-en', 'daily-zh'],
    state: 'active' as const,
    consent: 'Yes.',
  }));
  await store.upsertMany(inputs);
}

/** @returns the store's state as it is after them, once Redis had forgotten it and the log was replayed */
async function forgetAndReplay(...changes: readonly (() => Promise<unknown>)[]): Promise<string> {
  const copy = await open.copy();
  for (const change of changes) {
    open.clock.now += 1_000;
    await change();
  }
  await open.rewind(copy);
  open.clock.now += 1_000;
  await store.replayDepartures();
  return await states();
}

/** `1 active daily-zh:left`: of each, what keeps mail from them. */
async function states(): Promise<string> {
  const told: string[] = [];
  for (const name of names) {
    const found = await store.findByAddress(addressOf(name));
    const left = Object.entries(found?.memberships ?? {}).filter(([, { state }]) => state === 'left');
    if (found) told.push([name, found.state, ...left.map(([newsletter]) => `-${newsletter}`)].join(' '));
  }
  return told.join(', ');
}

describe('when Redis has forgotten departures', () => {
  it('each kind is carried out again, and the gate’s bits say so', async () => {
    await subscribe(...names);
    const after = await forgetAndReplay(
      () => store.leave(1, 'daily-en'),
      () => store.pause(2),
      () => store.suppress(addressOf('cat'), { reason: 'complaint' }),
      () => store.forget(addressOf('dan')),
      () => store.noteBounce(5, { class: 'no-mailbox', issue: 'x', lane: 'other', evidence: '550 5.1.1' }),
    );
    expect(after).toBe('ann active -daily-en, ben paused, cat suppressed, eve suppressed, fay active');
    expect(await Promise.all([1, 2, 3, 4, 5, 6].map((sid) => open.bits(sid)))).toEqual([
      'left:daily-en daily-zh:daily',
      'blocked',
      'blocked',
      'blocked',
      'blocked',
      'daily-en:daily daily-zh:daily',
    ]);
    expect(await store.findSuppression(addressOf('dan'))).toMatchObject({
      address: null,
      reason: 'forgotten',
    });
    expect(await store.findSuppression(addressOf('cat'))).toMatchObject({ address: addressOf('cat') });
  });

  it('those are found whose sid is another’s now, or nobody’s', async () => {
    const copy = await open.copy();
    await subscribe('ann', 'ben');
    await store.leave(1, 'daily-en');
    await store.pause(2);
    await open.rewind(copy);
    await subscribe('cat', 'ann', 'dan', 'ben');
    expect(await store.replayDepartures()).toBe(2);
    expect(await states()).toBe('ann active -daily-en, ben paused, cat active, dan active');
  });

  it('replaying twice changes nothing more, nor does replaying what Redis has not forgotten', async () => {
    await subscribe('ann', 'ben', 'cat', 'dan');
    await store.leave(1, 'daily-en');
    await store.pause(2);
    await store.suppress(addressOf('cat'), { reason: 'operator', evidence: 'asked on the phone' });
    await store.forget(addressOf('dan'));
    const before = await open.dump();
    open.clock.now += 1_000;
    expect(await store.replayDepartures()).toBe(0);
    expect(await open.dump()).toBe(before);
  });

  it('who came back since stays as they were', async () => {
    await subscribe('ann', 'ben', 'cat');
    const after = await forgetAndReplay(
      () => store.leave(1, 'daily-en'),
      () => store.rejoin(1, 'daily-en', 'Yes, again.'),
      () => store.pause(2),
      () => store.resume(2),
      () => store.suppress(addressOf('cat'), { reason: 'operator' }),
      () => store.unsuppress(addressOf('cat')),
    );
    expect(after).toBe('ann active, ben active, cat active');
  });

  it('a later change of the same person hides nothing of it', async () => {
    await subscribe('ann');
    const copy = await open.copy();
    await store.pause(1);
    await open.rewind(copy);
    open.clock.now += 1_000;
    await store.leave(1, 'daily-en');
    expect(await store.replayDepartures()).toBe(1);
    expect(await states()).toBe('ann paused -daily-en');
  });

  it('who came back on another machine, whose log this one does not know, is left alone', async () => {
    await subscribe('ann', 'ben', 'cat');
    await store.leave(1, 'daily-en');
    await store.pause(2);
    await store.suppress(addressOf('cat'), { reason: 'operator' });
    open.clock.now += 1_000;
    const elsewhere = storeOn(join(folder, 'elsewhere'));
    await elsewhere.rejoin(1, 'daily-en', 'Yes, again.');
    await elsewhere.resume(2);
    await elsewhere.unsuppress(addressOf('cat'));
    expect(await store.replayDepartures()).toBe(0);
    expect(await states()).toBe('ann active, ben active, cat active');
  });

  it('a provisional suppression that is over is not made again', async () => {
    await subscribe('ann');
    const copy = await open.copy();
    await store.noteBounce(1, { class: 'no-mailbox', issue: 'x', lane: 'other', evidence: '550 5.1.1' });
    expect(await states()).toBe('ann suppressed');
    await open.rewind(copy);
    open.clock.now += 4 * 86_400_000;
    expect(await store.replayDepartures()).toBe(0);
    expect(await states()).toBe('ann active');
  });

  it('the suppression of someone who is not in the backup holds when an import brings them', async () => {
    const copy = await open.copy();
    await subscribe('ann');
    await store.suppress(addressOf('ann'), { reason: 'complaint', evidence: 'abuse report' });
    await open.rewind(copy);
    expect(await store.replayDepartures()).toBe(0);
    expect(await store.suppressStrangers()).toBe(1);
    await subscribe('ann', 'ben');
    expect(await states()).toBe('ann suppressed, ben active');
  });
});

describe('the log of departures', () => {
  it('has the line before Redis has the change: an answer that gets lost loses nothing', async () => {
    const bits: string[] = [];
    const noting = createSubscriberStore({
      redis: open.redis,
      newsletters,
      pepper,
      clock: () => open.clock.now,
      departures: {
        note: async (departures) => void (departures.length > 0 && bits.push(await open.bits(1))),
        read: async () => new Map(),
      },
    });
    await subscribe('ann');
    await noting.pause(1);
    expect(bits).toEqual(['daily-en:daily daily-zh:daily']);
    expect(await open.bits(1)).toBe('blocked');
  });

  it('knows what became of changes that got in each other’s way', async () => {
    await subscribe('ann');
    const copy = await open.copy();
    await Promise.all([
      store.pause(1),
      store.leave(1, 'daily-en'),
      store.leave(1, 'daily-zh'),
      store.suppress(addressOf('ann'), { reason: 'complaint' }),
      store.unsuppress(addressOf('ann')),
    ]);
    const before = await states();
    await open.rewind(copy);
    await store.replayDepartures();
    expect(await states()).toBe(before);
    expect(before).toMatch(/^ann (paused|suppressed) -daily-en -daily-zh$/);
  });

  it('says neither address nor evidence, and only its owner may read it', async () => {
    await subscribe('ann');
    await store.leave(1, 'daily-en');
    await store.suppress(addressOf('ann'), { reason: 'bounce', evidence: '550 5.1.1 <ann@example.com>' });
    const text = await readFile(join(folder, 'departures.log'), 'utf8');
    expect(text.trim().split('\n').filter(Boolean)).toHaveLength(2);
    expect(text).not.toMatch(/example|ann/);
    const { mode } = await stat(join(folder, 'departures.log'));
    expect(mode & 0o777).toBe(0o600);
  });

  it('loses one line when one was cut short, and no more', async () => {
    await subscribe('ann', 'ben');
    const copy = await open.copy();
    await store.pause(1);
    await appendFile(join(folder, 'departures.log'), '{"at":"2026-02-03T04:05:06.000Z","id":"ab');
    await store.pause(2);
    await open.rewind(copy);
    expect(await store.replayDepartures()).toBe(2);
  });

  it('that cannot be written keeps nobody from leaving, and the error log tells of it', async () => {
    const errors: unknown[] = [];
    const log = { ...silentLogger, error: (fields: object) => void errors.push(fields) };
    await appendFile(join(folder, 'a-file'), '');
    const departures = createDepartureLog(join(folder, 'a-file', 'below'), log);
    const deps = { redis: open.redis, newsletters, pepper, clock: () => open.clock.now, departures };
    const blind = createSubscriberStore(deps);
    await subscribe('ann');
    expect((await blind.pause(1)).state).toBe('paused');
    expect(errors).toEqual([{ departures: 1, reason: expect.stringMatching(/ENOTDIR/) }]);
  });
});
