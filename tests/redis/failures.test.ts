import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisFailure } from '../../src/redis/failures.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';

let server: TestRedis;

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(async () => {
  await server.stop();
});

async function failureOf(act: () => Promise<unknown>): Promise<unknown> {
  try {
    await act();
    return null;
  } catch (thrown) {
    return redisFailure(thrown);
  }
}

describe('what a real server throws', () => {
  it('when it is full is a code of its own', async () => {
    await server.redis.config('SET', 'maxmemory', '1');
    expect(await failureOf(() => server.redis.set('a', '1'))).toMatchObject({
      code: 'redis-full',
      exitStatus: 69,
    });
    await server.redis.config('SET', 'maxmemory', '0');
  });

  it('when it is a replica is a code of its own', async () => {
    await server.redis.replicaof('127.0.0.1', 1);
    expect(await failureOf(() => server.redis.set('a', '1'))).toMatchObject({
      code: 'redis-read-only',
      exitStatus: 69,
    });
    await server.redis.replicaof('NO', 'ONE');
  });

  it('and nothing else is taken for it', () => {
    expect(redisFailure(new Error('ERR wrong number of arguments'))).toBeNull();
    expect(redisFailure('OOM ')).toBeNull();
  });
});
