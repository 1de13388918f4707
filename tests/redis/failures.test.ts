/** What a real server answers when it cannot take writes, as an error that says so and that a retry can help. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisFailure } from '../../src/redis/failures.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';

let server: TestRedis;

beforeAll(async () => {
  server = await startTestRedis(['--enable-protected-configs', 'yes']);
});
afterAll(async () => {
  await server.stop();
});

async function failureOfWriting(): Promise<ReturnType<typeof redisFailure>> {
  return await server.redis.set('key', 'value').then(
    () => null,
    (error: unknown) => redisFailure(error),
  );
}

describe('a Redis that takes no writes', () => {
  it('because its memory is full', async () => {
    await server.redis.config('SET', 'maxmemory', '1');
    expect(await failureOfWriting()).toMatchObject({ code: 'redis-full', retry: 'later', exitStatus: 69 });
    await server.redis.config('SET', 'maxmemory', '0');
    expect(await failureOfWriting()).toBeNull();
  });

  it('because it is a replica', async () => {
    await server.redis.replicaof('127.0.0.1', '1');
    expect(await failureOfWriting()).toMatchObject({ code: 'redis-read-only', retry: 'later' });
    await server.redis.replicaof('NO', 'ONE');
    expect(await failureOfWriting()).toBeNull();
  });

  it('because it cannot write its disk', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'paperboy-misconf-'));
    await server.redis.config('SET', 'dir', folder);
    await server.redis.config('SET', 'save', '3600 1');
    await rm(folder, { recursive: true });
    await server.redis.bgsave();
    await backgroundSaveEnded();
    expect(await failureOfWriting()).toMatchObject({ code: 'redis-read-only', retry: 'later' });
    await server.redis.config('SET', 'save', '');
    expect(await failureOfWriting()).toBeNull();
  });

  it('because the connection broke amid the replies', () => {
    const error = new Error('Command aborted due to connection close');
    expect(redisFailure(error)).toMatchObject({ code: 'redis-unreachable', retry: 'later' });
  });

  it('is told from errors of ours', () => {
    expect(redisFailure(new Error('WRONGTYPE Operation against a key'))).toBeNull();
    expect(redisFailure('OOM')).toBeNull();
  });
});

async function backgroundSaveEnded(): Promise<void> {
  while (/rdb_bgsave_in_progress:1/.test(await server.redis.info('persistence')));
}
