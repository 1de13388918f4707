/** A real redis-server of a test's own, on a unix socket in a temporary folder; durable, as the product demands. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

export interface TestRedis {
  /** `unix:///…/redis.sock`, as REDIS_URL takes it. */
  readonly url: string;
  readonly socket: string;
  /** Its data folder. */
  readonly folder: string;
  readonly redis: Redis;
  /** A copy of all that is on its disk now, for `rewind`. */
  copy(): Promise<string>;
  /** kill -9, and a start on that copy: everything acknowledged since is forgotten. */
  rewind(copy: string): Promise<void>;
  /** kill -9; the data folder stays. */
  crash(): Promise<void>;
  /** Starts the server again on the same data, unless it runs: two of them would write to one file. */
  restart(): Promise<void>;
  /** Stops the server and removes its folder. */
  stop(): Promise<void>;
}

/** @param args further redis-server arguments, e.g. `['--maxmemory', '10mb']` */
export async function startTestRedis(args: readonly string[] = []): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'paperboy-redis-'));
  const socket = join(folder, 'redis.sock');
  const launch = async () => {
    const child = spawn(
      'redis-server',
      [
        '--port',
        '0',
        '--unixsocket',
        socket,
        '--dir',
        folder,
        '--appendonly',
        'yes',
        '--save',
        '',
        '--appendfsync',
        'always',
        '--maxmemory-policy',
        'noeviction',
        '--daemonize',
        'no',
        ...args,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`redis-server ended with ${code} before it was ready`)));
      child.stdout.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('accept connections')) resolve();
      });
    });
    child.removeAllListeners('exit');
    return child;
  };
  let child = await launch();
  let copies = 0;
  let launching: Promise<void> | null = null;
  const launchOnce = async () => {
    if (child.exitCode === null && child.signalCode === null) return;
    child = await launch();
  };
  const redis = new Redis({ path: socket, maxRetriesPerRequest: null });
  redis.on('error', () => {});
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    const limit = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(limit);
  };
  return {
    url: `unix://${socket}`,
    socket,
    folder,
    redis,
    copy: async () => {
      const copy = join(folder, `copy-${++copies}`);
      await cp(join(folder, 'appendonlydir'), copy, { recursive: true });
      return copy;
    },
    rewind: async (copy) => {
      await end('SIGKILL');
      await rm(join(folder, 'appendonlydir'), { recursive: true });
      await cp(copy, join(folder, 'appendonlydir'), { recursive: true });
      child = await launch();
    },
    crash: () => end('SIGKILL'),
    restart: async () => {
      launching ??= launchOnce().finally(() => {
        launching = null;
      });
      await launching;
    },
    stop: async () => {
      redis.disconnect();
      await end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
