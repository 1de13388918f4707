/** What `take-snapshot.ts` has written, read again by a server of its own. */
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Redis } from 'ioredis';
import { PaperboyError } from '../core/errors.ts';
import { connectRedis } from './connect.ts';
import { checkSnapshot, type ToolContext } from './redis-tool.ts';
import { type ServerProcess, serverBinaries, spawnServer, stopServer } from './server-process.ts';
import { makeSocketPath, removeSocket } from './socket-folder.ts';
import { type FoundStore, findStore } from './store-id.ts';

/** A million subscribers load in some seconds; a file server may be slow. */
const loadWithinMs = 600_000;

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
      await checkSnapshot(path, context);
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
