/** A copy of a Redis as a file, and its keys in the place of another's. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectRedis } from '../../src/redis/connect.ts';
import { keys, queuePrefix } from '../../src/redis/keys.ts';
import { openSnapshot } from '../../src/redis/open-snapshot.ts';
import { clearKeys, copyKeys } from '../../src/redis/replace-keys.ts';
import { takeSnapshot } from '../../src/redis/take-snapshot.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';

const quick = ['--repl-diskless-sync-delay', '0'];
const context = { env: process.env, signal: new AbortController().signal };

let server: TestRedis;
let folder: string;
beforeAll(async () => {
  server = await startTestRedis(quick);
});
afterAll(() => server.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperboy-snapshot-'));
  await server.redis.flushall();
});
afterEach(() => rm(folder, { recursive: true }));

const fileIn = (name: string) => join(folder, name);

/** Folders of servers over a snapshot. */
async function leftOver(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith('paperboy-restore-'));
}

describe('a snapshot', () => {
  it('is taken with the login that the URL has, and the store found in it that the keyring opens', async () => {
    const other = await startTestRedis([...quick, '--requirepass', 'p@ss word']);
    try {
      const stores = [
        [0, 'one', 'its keyring'],
        [3, 'another', 'another keyring'],
      ] as const;
      const url = `unix://:${encodeURIComponent('p@ss word')}@${other.socket}`;
      const redis = await connectRedis(url);
      for (const [db, storeId, keyring] of stores) {
        await redis.select(db);
        await redis.hset(keys.store, { storeId, keyring });
      }
      await takeSnapshot(url, fileIn('a.rdb'), context);
      redis.disconnect();
      for (const [, storeId, keyring] of stores) {
        const opened = await openSnapshot(fileIn('a.rdb'), keyring, context);
        expect(opened.store).toMatchObject({ storeId });
        expect(await opened.redis.hget(keys.store, 'storeId')).toBe(storeId);
        await opened.close();
      }
      expect((await stat(fileIn('a.rdb'))).mode & 0o777).toBe(0o600);
    } finally {
      await other.stop();
    }
    expect(await leftOver()).toEqual([]);
  });

  it('that Redis refuses says why, without the password', async () => {
    const other = await startTestRedis([...quick, '--requirepass', 'secret']);
    try {
      const taken = takeSnapshot(`unix://:wrong@${other.socket}`, fileIn('a.rdb'), context);
      await expect(taken).rejects.toMatchObject({
        code: 'backup-failed',
        message: expect.not.stringContaining('wrong'),
      });
    } finally {
      await other.stop();
    }
  });

  it('that is told to stop while it is read leaves neither server nor files behind', async () => {
    await server.redis.hset(keys.store, 'storeId', 'ours');
    // Enough that loading it takes a while.
    await server.redis.eval(
      "for i = 1, 400000 do redis.call('SET', KEYS[1] .. i, string.rep('x', 100)) end",
      1,
      `${keys.store}:`,
    );
    await takeSnapshot(server.url, fileIn('a.rdb'), context);
    const stopping = new AbortController();
    const opening = openSnapshot(fileIn('a.rdb'), '', { ...context, signal: stopping.signal });
    const outcome = expect(opening).rejects.toMatchObject({ code: 'interrupted' });
    const [folder = ''] = await vi.waitUntil(async () => {
      const found = await leftOver();
      const hasServer = found[0] !== undefined && existsSync(join(tmpdir(), found[0], 'redis', 'redis.log'));
      return hasServer ? found : null;
    }, 10_000);
    stopping.abort();
    await outcome;
    expect(await leftOver()).toEqual([]);
    expect(spawnSync('pgrep', ['-f', folder]).stdout.toString()).toBe('');
  });

  it('that is told to stop before it is taken is not', async () => {
    const stopping = new AbortController();
    stopping.abort();
    const taking = takeSnapshot(server.url, fileIn('a.rdb'), { ...context, signal: stopping.signal });
    await expect(taking).rejects.toMatchObject({ code: 'interrupted' });
  });
});

describe('keys that take the place of others', () => {
  let target: TestRedis;
  beforeAll(async () => {
    target = await startTestRedis();
  });
  afterAll(() => target.stop());
  beforeEach(() => target.redis.flushall());

  it('come with value and life, a large hash in parts, and without what belongs to a server or a moment', async () => {
    const { redis } = server;
    const fields = Object.fromEntries(
      Array.from({ length: 12_345 }, (_, at) => [`field ${at}`, `value ${at}`]),
    );
    await redis.hset(keys.subscribers, fields);
    await redis.set(keys.page('x', 1), Buffer.from([0, 255, 128, 10, 13, 0]));
    await redis.set(keys.throughput('x'), 'soon over', 'PX', 600_000);
    await redis.zadd(keys.due, 12.5, 'x.1');
    await redis.setbit(keys.blocked, 9_999, 1);
    for (const key of [keys.confirmedRun, keys.rollCall, keys.sweeperLease, keys.lastSid, keys.store])
      await redis.set(key, 'of the other');
    await redis.set(`${queuePrefix}:deliver:1`, 'a job');
    await redis.set('somebody', 'else');
    const { redis: to } = target;
    await to.set(keys.lastSid, '77');
    await to.set(keys.epoch, '5');
    await to.set('mine', 'too');

    const told: { done: number; total: number }[] = [];
    await clearKeys(to);
    await copyKeys(redis, to, { onProgress: (copied) => told.push(copied), signal: context.signal });

    expect((await to.keys('*')).sort()).toEqual(
      [
        'mine',
        keys.lastSid,
        keys.subscribers,
        keys.page('x', 1),
        keys.throughput('x'),
        keys.due,
        keys.blocked,
      ].sort(),
    );
    expect(await to.get(keys.lastSid)).toBe('77');
    expect(await to.hgetall(keys.subscribers)).toEqual(fields);
    expect(await to.getBuffer(keys.page('x', 1))).toEqual(Buffer.from([0, 255, 128, 10, 13, 0]));
    expect(await to.pttl(keys.throughput('x'))).toBeGreaterThan(500_000);
    expect(await to.pttl(keys.due)).toBe(-1);
    expect(await to.zscore(keys.due, 'x.1')).toBe('12.5');
    expect(await to.getbit(keys.blocked, 9_999)).toBe(1);
    expect(told.at(-1)).toEqual({ done: 12_349, total: 12_349 });
  });

  it('stop coming when they are told to', async () => {
    await server.redis.set(keys.epoch, '5');
    const stopping = new AbortController();
    stopping.abort();
    const copied = copyKeys(server.redis, target.redis, { onProgress: () => {}, signal: stopping.signal });
    await expect(copied).rejects.toMatchObject({ code: 'interrupted' });
  });
});
