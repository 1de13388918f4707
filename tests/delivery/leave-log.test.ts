import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLeaveLog } from '../../src/delivery/leave-log.ts';
import { connectRedis } from '../../src/redis/connect.ts';
import { keys } from '../../src/redis/keys.ts';
import { createStoreDesk } from '../../src/web/store-desk.ts';
import { createSubscriberStore } from '../../subscribers/store.ts';
import { type Desk, openDesk } from '../helpers/desk.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';

let server: TestRedis;
let desk: Desk;
let folder: string;

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(async () => {
  await server.stop();
});
beforeEach(async () => {
  desk = await openDesk(server);
  folder = await mkdtemp(join(tmpdir(), 'paperboy-leaves-'));
  return () => rm(folder, { recursive: true });
});

const hasLeft = async (sid: number) => (await server.redis.getbit(keys.left('ai-daily'), sid)) === 1;

describe('leaving while Redis is away', () => {
  it('is on disk before the reader is told, and is carried out when Redis is back', async () => {
    await desk.subscribe(2, 'all');
    const redis = await connectRedis(server.url, { commandTimeoutMs: 300 });
    const subscribers = createSubscriberStore({
      redis,
      newsletters: ['ai-daily'],
      pepper: desk.keyring.suppressionPepper,
      clock: () => desk.now,
    });
    const leaveLog = createLeaveLog(folder, subscribers);
    const pages = createStoreDesk({
      subscribers,
      tokenKeys: desk.keyring.tokenKeys,
      leaveLog,
      clock: () => desk.now,
    });
    await server.crash();
    await pages.leave(1, 'ai-daily');
    expect(await readdir(folder)).toEqual(['leaves.log']);
    // `once` of node:events would reject at an error, and there may be some until Redis is back.
    const back = new Promise((resolve) => redis.once('ready', resolve));
    expect(leaveLog.isPending()).toBe(true);
    await server.restart();
    await back;
    expect(await leaveLog.apply()).toBe(1);
    expect(leaveLog.isPending()).toBe(false);
    expect([await hasLeft(1), await hasLeft(2)]).toEqual([true, false]);
    expect(await readdir(folder)).toEqual([]);
    redis.disconnect();
  });

  it('is carried out by processes that start together, and forgets nobody who leaves amid it', async () => {
    const readers = 120;
    await desk.subscribe(readers, 'all');
    const logs = Array.from({ length: 4 }, () => createLeaveLog(folder, desk.subscribers));
    const [pages, ...workers] = logs;
    let isNoting = true;
    const applying = workers.map(async (log) => {
      while (isNoting) await log.apply();
    });
    const at = new Date(desk.now).toISOString();
    await Promise.all(
      [0, 1, 2].map(async (first) => {
        for (let sid = first + 1; sid <= readers; sid += 3)
          await pages?.note({ sid, newsletter: 'ai-daily', at });
      }),
    );
    isNoting = false;
    await Promise.all(applying);
    await Promise.all(logs.map((log) => log.apply()));
    const left = await Promise.all(Array.from({ length: readers }, (_, index) => hasLeft(index + 1)));
    expect(left.filter((each) => !each)).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is tried again when Redis goes away amid it, and forgets nobody', async () => {
    await desk.subscribe(2, 'all');
    let isAway = true;
    const log = createLeaveLog(folder, {
      get: desk.subscribers.get,
      leave: async (sid, newsletter) => {
        if (sid === 2 && isAway) throw new Error('Connection is closed.');
        return await desk.subscribers.leave(sid, newsletter);
      },
    });
    const at = new Date(desk.now).toISOString();
    await log.note({ sid: 1, newsletter: 'ai-daily', at });
    await log.note({ sid: 2, newsletter: 'ai-daily', at });
    await expect(log.apply()).rejects.toThrow('Connection is closed.');
    isAway = false;
    await log.note({ sid: 2, newsletter: 'ai-daily', at });
    expect(await log.apply()).toBe(3);
    expect([await hasLeft(1), await hasLeft(2)]).toEqual([true, true]);
  });

  it('does not undo a return that came later, and leaves out a line that was cut short', async () => {
    await desk.subscribe(1, 'all');
    const log = createLeaveLog(folder, desk.subscribers);
    await log.note({ sid: 1, newsletter: 'ai-daily', at: new Date(desk.now - 1_000).toISOString() });
    await appendFile(join(folder, 'leaves.log'), '{"sid":1,"newsl');
    await log.apply();
    expect(await hasLeft(1)).toBe(false);
  });

  it('is not spoilt by a line before it that a full disk cut short', async () => {
    await desk.subscribe(2, 'all');
    const log = createLeaveLog(folder, desk.subscribers);
    await appendFile(join(folder, 'leaves.log'), '{"sid":1,"newsl');
    await log.note({ sid: 2, newsletter: 'ai-daily', at: new Date(desk.now).toISOString() });
    expect(await log.apply()).toBe(1);
    expect([await hasLeft(1), await hasLeft(2)]).toEqual([false, true]);
    expect(log.isPending()).toBe(false);
  });
});
