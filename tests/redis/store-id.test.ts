import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keys } from '../../src/redis/keys.ts';
import { beginRestore, claimStore, endRestore, findStore } from '../../src/redis/store-id.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(() => server.stop());
beforeEach(() => server.redis.flushall());

const ours = { keyringFingerprint: 'a'.repeat(32), now: Date.UTC(2026, 1, 3) };

describe('the store', () => {
  it('is claimed once and recognised ever after', async () => {
    const first = await claimStore(server.redis, ours);
    expect(first).toEqual({
      storeId: expect.stringMatching(/^[0-9a-f]{32}$/),
      schema: 1,
      createdAt: '2026-02-03T00:00:00.000Z',
    });
    expect(await claimStore(server.redis, { ...ours, now: ours.now + 1 })).toEqual(first);
    expect(await server.redis.ttl(keys.store)).toBe(-1);
  });

  it('is the same for all who claim it at once', async () => {
    const claims = await Promise.all(Array.from({ length: 20 }, () => claimStore(server.redis, ours)));
    expect(new Set(claims.map(({ storeId }) => storeId)).size).toBe(1);
  });

  it('of another keyring is refused and stays as it is', async () => {
    const { storeId } = await claimStore(server.redis, ours);
    const before = await server.redis.hgetall(keys.store);
    await expect(
      claimStore(server.redis, { ...ours, keyringFingerprint: 'b'.repeat(32) }),
    ).rejects.toMatchObject({
      code: 'keyring-foreign',
      exitStatus: 78,
      message: expect.stringContaining(storeId),
    });
    expect(await server.redis.hgetall(keys.store)).toEqual(before);
  });

  it('written by a newer version is refused', async () => {
    await claimStore(server.redis, ours);
    await server.redis.hset(keys.store, 'schema', 2);
    await expect(claimStore(server.redis, ours)).rejects.toMatchObject({
      code: 'store-schema',
      exitStatus: 78,
    });
  });

  it('is nobody’s while a backup is put in its place, and then the one of the backup', async () => {
    await claimStore(server.redis, ours);
    const found = await findStore(server.redis);
    const withdraw = await beginRestore(server.redis, '2026-02-04T00:00:00.000Z');
    expect(await findStore(server.redis)).toEqual({ ...found, storeId: '', isRestoring: true });
    await withdraw();
    expect(await findStore(server.redis)).toEqual(found);
    await beginRestore(server.redis, '2026-02-04T00:00:00.000Z');
    await expect(claimStore(server.redis, ours)).rejects.toMatchObject({
      code: 'store-restoring',
      exitStatus: 69,
    });
    const restored = { storeId: 'another', backedUpAt: '2026-02-03T05:00:00.000Z' };
    if (found) await endRestore(server.redis, { ...found, ...restored });
    expect(await claimStore(server.redis, ours)).toMatchObject({ storeId: 'another' });
    expect(await findStore(server.redis)).toEqual({ ...found, ...restored });
  });

  it('is not made in an empty Redis into which a restore has begun', async () => {
    expect(await findStore(server.redis)).toBeNull();
    await beginRestore(server.redis, '2026-02-04T00:00:00.000Z');
    await expect(claimStore(server.redis, ours)).rejects.toMatchObject({ code: 'store-restoring' });
  });
});
