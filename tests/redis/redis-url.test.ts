import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { PaperboyError } from '../../src/core/errors.ts';
import { parseRedisUrl, redisTarget } from '../../src/redis/redis-url.ts';

describe('the URL of Redis', () => {
  it.each([
    ['redis://localhost', { host: 'localhost', port: 6379, db: 0 }],
    ['redis://localhost:6380/2', { host: 'localhost', port: 6380, db: 2 }],
    ['redis://:p%40w@10.0.0.1', { host: '10.0.0.1', port: 6379, db: 0, password: 'p@w' }],
    ['redis://me:pw@[::1]:7000', { host: '::1', port: 7000, db: 0, username: 'me', password: 'pw' }],
    [
      'rediss://me:pw@redis.example.org',
      {
        host: 'redis.example.org',
        port: 6379,
        db: 0,
        username: 'me',
        password: 'pw',
        tls: { servername: 'redis.example.org' },
      },
    ],
    ['rediss://10.0.0.1', { host: '10.0.0.1', port: 6379, db: 0, tls: {} }],
    ['unix:///run/redis/redis.sock', { path: '/run/redis/redis.sock', db: 0 }],
    [
      'unix://me:p%2Fw@/run/a%20b/redis.sock?db=4',
      { path: '/run/a b/redis.sock', db: 4, username: 'me', password: 'p/w' },
    ],
  ])('%s leads somewhere', (url, expected) => expect(parseRedisUrl(url)).toEqual(expected));

  it.each([
    ['redis://me:hunter2@localhost', 'redis://localhost:6379'],
    ['rediss://:hunter2@redis.example.org:6380/3', 'rediss://redis.example.org:6380/3'],
    ['redis://:hunter2@[::1]', 'redis://[::1]:6379'],
    ['unix://:hunter2@/run/redis.sock?db=1', 'unix:///run/redis.sock?db=1'],
  ])('%s is shown without user and password', (url, expected) => expect(redisTarget(url)).toBe(expected));

  it.each([
    'hunter2',
    'http://:hunter2@localhost',
    'redis://:hunter2@',
    'redis://:hunter2@localhost/first',
    'redis://:hunter2@localhost?tls=1',
    'redis://:hunter2%@localhost',
    'unix://hunter2/redis.sock',
  ])('%s is refused, and not repeated', (url) => {
    try {
      parseRedisUrl(url);
      expect.unreachable();
    } catch (error) {
      expect((error as PaperboyError).code).toBe('environment-invalid');
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain('hunter2');
    }
  });
});
