import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OpenStore, openStore } from './open-store.ts';

let open: OpenStore;
beforeAll(async () => {
  open = await openStore();
});
afterAll(() => open.stop());

it('lets people leave, pause and be forgotten when Redis is full, but adds nobody', async () => {
  const { store, redis } = open;
  for (const name of ['ann', 'ben', 'eve', 'joe']) {
    await store.upsert({ address: `${name}@example.com`, state: 'active' });
  }
  await redis.config('SET', 'maxmemory', '1');
  await expect(store.upsert({ address: 'new@example.com', state: 'active' })).rejects.toThrow('OOM');
  await store.leave(1, 'daily-en');
  await store.pause(2);
  await store.suppress('eve@example.com', { reason: 'complaint' });
  await store.forget('joe@example.com');
  await redis.config('SET', 'maxmemory', '0');
  expect(await open.bits(1)).toBe('left:daily-en daily-zh:daily');
  expect(await open.bits(2)).toBe('blocked');
  expect(await open.bits(3)).toBe('blocked');
  expect(await open.bits(4)).toBe('blocked');
  expect(await store.count()).toBe(3);
});
