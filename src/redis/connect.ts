/** Connections to Redis on which nothing waits for ever, and whose errors never hold a password. */
import { Redis } from 'ioredis';
import { PaperboyError } from '../core/errors.ts';
import { type Logger, silentLogger } from '../core/log.ts';
import { parseRedisUrl, type RedisSettings, redisTarget } from './redis-url.ts';

export interface ConnectOptions {
  /** Is told when the connection is lost and when it is back. */
  readonly log?: Logger;
  /** Shown by `CLIENT LIST`. */
  readonly name?: string;
  /** For the TCP or TLS handshake. Default 5 s. */
  readonly connectTimeoutMs?: number;
  /** For what is asked in one turn of the event loop, the wait for a lost connection included. Default 10 s. */
  readonly commandTimeoutMs?: number;
  /** For a server that is still reading its data from disk. Default 60 s. */
  readonly readyTimeoutMs?: number;
}

/**
 * Connects and waits until the server is ready.
 *
 * When the connection is lost later it is made again, for ever. A command given meanwhile, or on its way then, is sent
 * (again) once it is back; after about 8 s without a server, or `commandTimeoutMs`, it rejects. A command that rejects
 * may have run all the same, or run twice: hence every script that matters checks a fence or a state first.
 * Close it with `quit()`, or `disconnect()` when waiting for replies makes no sense.
 * @throws PaperboyError `redis-unreachable`, `environment-invalid`
 */
export async function connectRedis(url: string, options: ConnectOptions = {}): Promise<Redis> {
  const {
    log = silentLogger,
    name = 'paperboy',
    connectTimeoutMs = 5_000,
    commandTimeoutMs = 10_000,
  } = options;
  const target = redisTarget(url);
  let wasReady = false;
  let lastError: Error | undefined;
  const settings: RedisSettings = {
    ...parseRedisUrl(url),
    lazyConnect: true,
    connectionName: name,
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
    // What is asked in one turn of the event loop goes out in one write, in the order in which it was asked.
    enableAutoPipelining: true,
    maxLoadingRetryTime: 500,
    maxRetriesPerRequest: retriesPerCommand,
    retryStrategy: (attempt) => (wasReady ? retryDelayMs(attempt) : null),
  };
  const redis = new Redis(settings);
  // Without a listener ioredis prints errors to the console.
  redis.on('error', (error: Error) => {
    lastError = error;
    if (wasReady) log.warn({ redis: target, error: error.message }, 'Redis: connection failed');
  });
  const limit = setTimeout(() => {
    lastError = new Error('it was not ready in time');
    redis.disconnect();
  }, options.readyTimeoutMs ?? 60_000);
  try {
    await redis.connect();
  } catch (error) {
    redis.disconnect();
    throw unreachable(target, lastError ?? (error as Error));
  } finally {
    clearTimeout(limit);
  }
  wasReady = true;
  redis.on('ready', () => log.info({ redis: target }, 'Redis: connected again'));
  return redis;
}

/**
 * What BullMQ's connections need instead: it insists on `maxRetriesPerRequest: null`, and its blocking reads may take
 * ten seconds. Fit for `new Redis(…)`; listen to its `error` event.
 */
export function bullConnectionOptions(url: string, name = 'paperboy-queue'): RedisSettings {
  return {
    ...parseRedisUrl(url),
    connectionName: name,
    connectTimeout: 5_000,
    commandTimeout: bullCommandTimeoutMs,
    maxRetriesPerRequest: null,
    retryStrategy: retryDelayMs,
  };
}

/** A job whose taking was answered too late is given up by BullMQ, and its page is woken again. */
const bullCommandTimeoutMs = 30_000;

/** 50, 100, 200, 400, 800, then 1,000 ms each: twelve attempts are about 8 s, longer than a restart of Redis takes. */
const retriesPerCommand = 12;

function retryDelayMs(attempt: number): number {
  return Math.min(50 * 2 ** (attempt - 1), 1_000);
}

function unreachable(target: string, error: Error): PaperboyError {
  // ioredis hangs the failed command on its errors, and AUTH has the password for an argument: only the text goes on.
  const reason = error.message || (error as NodeJS.ErrnoException).code || 'unknown reason';
  const isLogin = /^(WRONGPASS|NOAUTH|ERR AUTH|NOPERM)/.test(reason);
  return new PaperboyError('redis-unreachable', `Redis at ${target} cannot be used: ${reason}`, {
    hint: isLogin
      ? 'check user and password in REDIS_URL'
      : 'check REDIS_URL and that the server runs; without REDIS_URL a private one is started',
  });
}
