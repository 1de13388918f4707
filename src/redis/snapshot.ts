/** All that a Redis holds at one moment, as a file (RDB): taken while the server goes on, and read again by a server of its own. */
import { rmSync, statSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Redis } from 'ioredis';
import { PaperboyError } from '../core/errors.ts';
import { connectRedis } from './connect.ts';
import { runTool, type ToolRun } from './redis-tool.ts';
import { parseRedisUrl } from './redis-url.ts';
import { type ServerProcess, serverBinaries, spawnServer, stopServer } from './server-process.ts';
import { makeSocketPath, removeSocket } from './socket-folder.ts';
import { type FoundStore, findStore } from './store-id.ts';

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
  readonly store: FoundStore;
  close(): Promise<void>;
}

/**
 * Loads a file into a server of its own, which writes nothing and ends with `close`, or with this process.
 * @param keyringFingerprint of the store that is looked for, if the file has several
 * @throws PaperboyError `backup-invalid`, `redis-not-installed`, `interrupted`
 */
export async function openSnapshot(
  path: string,
  keyringFingerprint: string,
  context: ToolContext,
): Promise<OpenSnapshot> {
  const folder = await mkdtemp(join(tmpdir(), 'paperboy-restore-'));
  const socket = makeSocketPath(undefined, [tmpdir(), '/tmp']);
  let server: ServerProcess | undefined;
  let redis: Redis | undefined;
  const removeFiles = () => {
    removeSocket(socket);
    rmSync(folder, { recursive: true, force: true });
  };
  const endWithUs = () => {
    try {
      if (server) process.kill(server.pid, 'SIGKILL');
    } catch {
      // It has ended before.
    }
    removeFiles();
  };
  process.once('exit', endWithUs);
  const close = async () => {
    redis?.disconnect();
    if (server) await stopServer(server);
    process.off('exit', endWithUs);
    removeFiles();
  };
  try {
    return await invalidUnless(path, context.signal, async () => {
      await checkFile(path, context);
      const spawned = await spawnServer(folder, socket, serverBinaries, { snapshot: resolve(path) });
      server = spawned.process;
      await spawned.ready(loadWithinMs, context.signal);
      redis = await connectRedis(`unix://${socket}`);
      const store = await selectStore(redis, keyringFingerprint);
      return { redis, store, close };
    });
  } catch (error) {
    await close();
    throw error;
  }
}

/** A server may hold several stores, each in a database of its own; which one was copied for is not known any more. */
async function selectStore(redis: Redis, keyringFingerprint: string): Promise<FoundStore> {
  const stores: { readonly db: number; readonly store: FoundStore }[] = [];
  for (const [, db] of (await redis.info('keyspace')).matchAll(/^db(\d+):/gm)) {
    await redis.select(Number(db));
    const store = await findStore(redis);
    if (store) stores.push({ db: Number(db), store });
  }
  const age = ({ store }: { readonly store: FoundStore }) => store.backedUpAt ?? '';
  stores.sort((one, other) => age(other).localeCompare(age(one)));
  const found = stores.find(({ store }) => store.keyringFingerprint === keyringFingerprint) ?? stores[0];
  if (found === undefined) throw new Error('it holds no store of Paperboy');
  await redis.select(found.db);
  return found.store;
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
    // One that has gone does not grow either.
    const found = statSync(path, { throwIfNoEntry: false });
    if (found !== undefined && found.size !== size) {
      size = found.size;
      grownAt = performance.now();
    }
    if (performance.now() - grownAt > stalledMs) stalled.abort();
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
