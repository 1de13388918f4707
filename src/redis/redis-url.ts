/** REDIS_URL: `redis://`, `rediss://` (TLS) or `unix:///path`, with user, password and database number if need be. */
import { isIP } from 'node:net';
import type { RedisOptions } from 'ioredis';
import { PaperboyError } from '../core/errors.ts';

/** What `new Redis(…)` takes: replies keep the shapes they have always had, so that RESP2 and RESP3 servers look alike. */
export type RedisSettings = RedisOptions & { replyMapping?: 'legacy' };

/** Where a URL leads. @throws PaperboyError `environment-invalid`, without the URL: it may hold a password */
export function parseRedisUrl(url: string): RedisSettings {
  // A unix URL has no host; the made-up one lets the URL parser read user and password in front of the path.
  const isUnix = /^unix:\/\//i.test(url);
  const text = isUnix ? url.replace(/^unix:\/\/([^/]*@)?(?=\/)/i, 'redis://$1socket') : url;
  if (!/^rediss?:\/\//i.test(text) || !URL.canParse(text)) throw invalid();
  const parsed = new URL(text);
  const login = {
    ...(parsed.username === '' ? {} : { username: decode(parsed.username) }),
    ...(parsed.password === '' ? {} : { password: decode(parsed.password) }),
  };
  if (isUnix) {
    return { ...login, path: decode(parsed.pathname), db: database(parsed.searchParams.get('db') ?? '0') };
  }
  if (parsed.hostname === '' || parsed.search !== '' || parsed.hash !== '') throw invalid();
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  return {
    ...login,
    host,
    port: Number(parsed.port || 6379),
    db: database(parsed.pathname.slice(1) || '0'),
    // Without a server name TLS sends no SNI, and managed servers do not know whom we mean.
    ...(parsed.protocol === 'rediss:' ? { tls: isIP(host) ? {} : { servername: host } } : {}),
  };
}

/** For people and logs: `redis://host:6379/0` or `unix:///path`; never user or password. */
export function redisTarget(url: string): string {
  const { host, port, path, db, tls } = parseRedisUrl(url);
  const tail = db ? db : '';
  if (path !== undefined) return `unix://${path}${tail ? `?db=${tail}` : ''}`;
  const name = host?.includes(':') ? `[${host}]` : host;
  return `${tls ? 'rediss' : 'redis'}://${name}:${port}${tail ? `/${tail}` : ''}`;
}

function database(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw invalid();
  return Number(text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid();
  }
}

function invalid(): PaperboyError {
  return new PaperboyError(
    'environment-invalid',
    'the URL of Redis: expected redis://user:password@host:6379/0, rediss://… or unix:///path/of/redis.sock',
    { hint: 'characters such as @ : / # % in a password are written %40 %3A %2F %23 %25' },
  );
}
