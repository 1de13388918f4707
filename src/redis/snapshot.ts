/** All that a Redis holds at one moment, as a file (RDB): taken while the server goes on, and read again by a server of its own. */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Redis } from 'ioredis';
import { PaperboyError } from '../core/errors.ts';
import { connectRedis } from './connect.ts';
import { keys } from './keys.ts';
import { runTool, type ToolRun } from './redis-tool.ts';
import { parseRedisUrl } from './redis-url.ts';
import { type ServerProcess, serverBinaries, spawnServer, stopServer } from './server-process.ts';
import { makeSocketPath, removeSocket } from './socket-folder.ts';

/** Under what the programs of Redis run. */
export type ToolContext = Pick<ToolRun, 'env' | 'signal'>;

/** A transfer that has not moved for so long is given up. The server may take its time before it begins. */
const stalledMs = 120_000;

/** A million subscribers load in some seconds; a file server may be slow. */
const loadWithinMs = 600_000;

/**
 * @param url of Redis, as `connectRedis` takes it
 * @param path a file that is not there yet; only its owner may read it. Whole and checked when this resolves
 * @throws PaperboyError `backup-failed`, `redis-not-installed`, `interrupted`; the system's error when the file cannot be
 *   made. What was written of it is left there
 */
export async function takeSnapshot(url: string, path: string, { env, signal }: ToolContext): Promise<void> {
  await writeFile(path, '', { flag: 'wx', mode: 0o600 });
  const { args, secrets } = reach(url);
  await failing(signal, 'Redis gives no copy of itself', async () => {
    await whileGrowing(path, signal, (limit) =>
      runTool({
        binaries: ['redis-cli', 'valkey-cli'],
        args: [...args, '--rdb', path],
        env: { ...env, ...secrets },
        signal: limit,
      }),
    );
    await checkFile(path, { env, signal });
  });
}

async function checkFile(path: string, context: ToolContext): Promise<void> {
  await runTool({ binaries: ['redis-check-rdb', 'valkey-check-rdb'], args: [path], ...context });
}

export interface OpenSnapshot {
  readonly redis: Redis;
  close(): Promise<void>;
}

/**
 * Loads a file into a server of its own, which writes nothing and ends with `close`.
 * @throws PaperboyError `backup-invalid`, `redis-not-installed`, `interrupted`
 */
export async function openSnapshot(path: string, context: ToolContext): Promise<OpenSnapshot> {
  const folder = await mkdtemp(join(tmpdir(), 'paperboy-restore-'));
  const socket = makeSocketPath(undefined, [tmpdir(), '/tmp']);
  const opened: { server?: ServerProcess; redis?: Redis } = {};
  const close = async () => {
    opened.redis?.disconnect();
    if (opened.server) await stopServer(opened.server);
    removeSocket(socket);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return await invalidUnless(path, context.signal, async () => {
      await checkFile(path, context);
      const snapshot = resolve(path);
      const spawned = await spawnServer(folder, socket, serverBinaries, { snapshot });
      opened.server = spawned.process;
      await spawned.ready(loadWithinMs);
      opened.redis = await connectRedis(`unix://${socket}`);
      await selectStore(opened.redis);
      return { redis: opened.redis, close };
    });
  } catch (error) {
    await close();
    throw error;
  }
}

/** A server has up to sixteen databases, usually; which one was ours is not known any more. */
async function selectStore(redis: Redis): Promise<void> {
  const numbers = [...(await redis.info('keyspace')).matchAll(/^db(\d+):/gm)].map(([, db]) => Number(db));
  for (const db of numbers) {
    await redis.select(db);
    if ((await redis.exists(keys.store)) === 1) return;
  }
  throw new Error('it holds no store of Paperboy');
}

/** How redis-cli reaches a server. */
function reach(url: string): { readonly args: string[]; readonly secrets: Record<string, string> } {
  const { path, host, port, username, password, tls } = parseRedisUrl(url);
  const serverName = tls?.servername;
  return {
    args: [
      ...(path === undefined ? ['-h', host ?? '', '-p', String(port)] : ['-s', path]),
      ...(username === undefined ? [] : ['--user', username]),
      ...(tls === undefined ? [] : ['--tls']),
      ...(serverName === undefined ? [] : ['--sni', serverName]),
    ],
    secrets: password === undefined ? {} : { REDISCLI_AUTH: password },
  };
}

/** Gives up when the file has not grown for too long. */
async function whileGrowing<Result>(
  path: string,
  signal: AbortSignal,
  work: (limit: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const stalled = new AbortController();
  let size = -1;
  let grownAt = performance.now();
  const timer = setInterval(() => {
    void stat(path).then((found) => {
      if (found.size !== size) grownAt = performance.now();
      size = found.size;
      if (performance.now() - grownAt > stalledMs) stalled.abort();
    });
  }, 1_000);
  try {
    return await work(AbortSignal.any([signal, stalled.signal]));
  } catch (error) {
    if (stalled.signal.aborted) throw new Error(`nothing came for ${stalledMs / 1_000} s`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

async function failing(signal: AbortSignal, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    if (signal.aborted) throw new PaperboyError('interrupted', 'no backup was made');
    if (cause instanceof PaperboyError) throw cause;
    throw new PaperboyError('backup-failed', `${what}: ${(cause as Error).message}`, {
      cause,
      hint: 'its user needs the commands SYNC and REPLCONF; a managed Redis has backups of its own',
    });
  }
}

async function invalidUnless<Result>(
  path: string,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (signal.aborted) throw new PaperboyError('interrupted', 'nothing was restored');
    if (cause instanceof PaperboyError && cause.code === 'redis-not-installed') throw cause;
    throw new PaperboyError(
      'backup-invalid',
      `${path} is no backup that can be read: ${(cause as Error).message}`,
      {
        cause,
        hint: 'give a file that `paperboy backup` has made; one of a newer Redis needs that Redis on this machine',
      },
    );
  }
}
