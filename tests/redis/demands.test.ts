import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectRedis } from '../../src/redis/connect.ts';
import { checkRedis, demandRedis, judge, type RedisFacts } from '../../src/redis/demands.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startTestRedis(['--maxmemory', '64mb']);
  await server.redis.call('ACL', 'SETUSER', 'tenant', 'on', '>pw', '~*', '+@all', '-config');
});
afterAll(async () => {
  await asDemanded();
  await server.stop();
});
beforeEach(asDemanded);

async function asDemanded(): Promise<void> {
  await server.redis.config('SET', 'maxmemory-policy', 'noeviction');
  await server.redis.config('SET', 'appendonly', 'yes');
  // Switched on again, Redis writes a first AOF in the background, and does not end before that is done.
  await vi.waitFor(async () =>
    expect(await server.redis.info('persistence')).toMatch(
      /aof_rewrite_in_progress:0[\s\S]*aof_rewrite_scheduled:0/,
    ),
  );
  await server.redis.config('SET', 'appendfsync', 'always');
}

const strict = { durability: 'strict' } as const;
const codes = async (durability: 'strict' | 'relaxed') =>
  (await checkRedis(server.redis, { durability })).problems.map(
    ({ severity, code }) => `${severity} ${code}`,
  );

describe('a Redis server', () => {
  it('that is as demanded is taken, and its facts are told', async () => {
    const { problems, facts } = await demandRedis(server.redis, strict);
    expect(problems).toEqual([]);
    expect(facts).toEqual({
      server: expect.stringMatching(/^(redis|valkey)$/),
      version: expect.stringMatching(/^\d+\.\d+/),
      policy: 'noeviction',
      appendonly: true,
      appendfsync: 'always',
      maxmemory: 64 * 1024 * 1024,
      usedMemory: expect.any(Number),
    });
  });

  it('that evicts keys is refused, relaxed or not', async () => {
    await server.redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await expect(demandRedis(server.redis, strict)).rejects.toMatchObject({
      code: 'redis-evicts',
      exitStatus: 78,
      message: expect.stringContaining('allkeys-lru'),
    });
    expect(await codes('relaxed')).toEqual(['error redis-evicts']);
  });

  it.each([
    ['appendfsync', 'everysec'],
    ['appendonly', 'no'],
  ])('whose %s is %s is refused unless durability is relaxed', async (name, value) => {
    await server.redis.config('SET', name, value);
    await expect(demandRedis(server.redis, strict)).rejects.toMatchObject({
      code: 'redis-not-durable',
      message: expect.stringContaining(`${name} ${value}`),
      hint: expect.stringContaining('durability: relaxed'),
    });
    expect(await codes('relaxed')).toEqual([]);
  });

  it('with several faults has them all told', async () => {
    await server.redis.config('SET', 'maxmemory-policy', 'volatile-ttl');
    await server.redis.config('SET', 'appendfsync', 'no');
    expect(await codes('strict')).toEqual(['error redis-evicts', 'error redis-not-durable']);
    await expect(demandRedis(server.redis, strict)).rejects.toMatchObject({
      code: 'redis-evicts',
      message: expect.stringMatching(/volatile-ttl.*appendfsync no/),
      hint: expect.stringMatching(/maxmemory-policy.*appendfsync always/),
    });
  });

  it('that forbids CONFIG, as managed ones do, is taken with a warning', async () => {
    const redis = await connectRedis(`unix://tenant:pw@${server.socket}`);
    try {
      const { problems, facts } = await demandRedis(redis, strict);
      expect(problems.map(({ severity, code }) => [severity, code])).toEqual([['warning', 'redis-unknown']]);
      expect(facts).toMatchObject({ policy: 'noeviction', appendonly: true, appendfsync: null });
      await server.redis.config('SET', 'maxmemory-policy', 'allkeys-lfu');
      await expect(demandRedis(redis, strict)).rejects.toMatchObject({ code: 'redis-evicts' });
    } finally {
      redis.disconnect();
    }
  });
});

describe('the version', () => {
  const facts: RedisFacts = {
    server: 'redis',
    version: '7.0.15',
    policy: 'noeviction',
    appendonly: true,
    appendfsync: 'always',
    maxmemory: 0,
    usedMemory: 1,
  };

  it.each([
    ['redis', '6.2.14', ['redis-too-old']],
    ['redis', '7.0.0', []],
    ['redis', '10.1.0', []],
    ['redis', '0', ['redis-too-old']],
    ['valkey', '7.2.4', []],
    ['valkey', '9.0.0', []],
    ['valkey', '7.0.0', ['redis-too-old']],
  ] as const)('%s %s', (server, version, expected) => {
    expect(judge({ ...facts, server, version }, 'strict').map(({ code }) => code)).toEqual(expected);
  });

  it('of a server that tells nothing else leaves warnings', () => {
    const silent = { ...facts, policy: null, appendonly: null, appendfsync: null };
    expect(judge(silent, 'strict').map(({ severity }) => severity)).toEqual(['warning', 'warning']);
    expect(judge({ ...silent, version: '6.0' }, 'strict').map(({ severity }) => severity)).toEqual([
      'error',
      'warning',
      'warning',
    ]);
  });
});
