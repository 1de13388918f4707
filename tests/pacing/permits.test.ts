import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPermits, permitLeaseMs } from '../../src/pacing/permits.ts';
import { keys } from '../../src/redis/keys.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';

let server: TestRedis;
let now = 1_700_000_000_000;

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(async () => {
  await server.stop();
});

const key = keys.permits('relay', 'r1');
const open = () => createPermits({ redis: server.redis, now: () => now, onError: () => {} });

describe('permits for connections', () => {
  it('are so many for all workers together, and come back', async () => {
    const [one, other] = [open(), open()];
    const held = [await one.take(key, 2), await other.take(key, 2)];
    expect(held.every(Boolean)).toBe(true);
    expect(await other.take(key, 2)).toBeNull();
    await one.giveBack(key, held[0]!);
    expect(await other.take(key, 2)).not.toBeNull();
    await Promise.all([one.close(), other.close()]);
    expect(await server.redis.zcard(key)).toBe(0);
  });

  it('of a worker that died are free again after a while; those of a living one are not', async () => {
    const [dead, living] = [open(), open()];
    await dead.take(key, 2);
    await living.take(key, 2);
    now += permitLeaseMs - 1;
    expect(await living.take(key, 2)).toBeNull();
    await living.renew();
    now += 2;
    expect(await living.take(key, 2)).not.toBeNull();
    expect(await living.take(key, 2)).toBeNull();
    await living.close();
  });
});
