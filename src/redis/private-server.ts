/**
 * The private Redis of a data folder, for when there is no REDIS_URL: whoever comes first starts it, others join it,
 * and the last one out stops it, whoever started it. Who dies without leaving is not counted; so after a kill -9 of
 * everyone the server lives on until the next command, which joins it and, being the last, stops it. A server that dies
 * is started again, on the same data and the same socket, by one of those who joined it.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Logger } from '../core/log.ts';
import { connectRedis } from './connect.ts';
import { withFolderLock } from './folder-lock.ts';
import { enter, leave } from './joined.ts';
import { markOf } from './process-mark.ts';
import { readRaw, writeParts } from './run-file.ts';
import { findServer, type ServerProcess, serverBinaries, spawnServer, stopServer } from './server-process.ts';
import { makeSocketPath, removeSocket } from './socket-folder.ts';
import { watchServer } from './watch-server.ts';

export interface PrivateRedis {
  /** `unix:///…/redis.sock`, as `connectRedis` takes it. */
  readonly url: string;
  /** Whether this call started the server. */
  readonly started: boolean;
  /** Leaves; the last one out stops the server and waits for its end. Close connections first. Idempotent. */
  stop(): Promise<void>;
}

export interface PrivateRedisOptions {
  /** Servers to look for on PATH. */
  readonly binaries?: readonly string[];
  /** Folders for the socket, best first. */
  readonly temporary?: readonly string[];
  /** How long a server may take to load its data. */
  readonly readyMs?: number;
}

/**
 * @param dataDir made if need be; the server keeps its data in `redis/` there
 * @throws PaperboyError `redis-not-installed`, `redis-unreachable`, `data-folder-busy`, `file-unreadable`
 */
export async function joinPrivateRedis(
  dataDir: string,
  log: Logger,
  options: PrivateRedisOptions = {},
): Promise<PrivateRedis> {
  const folder = resolve(dataDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { server, started, ticket } = await withFolderLock(folder, async () => {
    const found = (await findRecorded(folder, options)) ?? (await start(folder, options));
    return { ...found, ticket: enter(folder) };
  });
  log.debug(
    { socket: server.socket, pid: server.pid },
    started ? 'private Redis started' : 'private Redis joined',
  );
  const watch = watchServer({
    socket: server.socket,
    log,
    revive: () => revive(folder, ticket, server.socket, options),
  });
  let leaving: Promise<void> | undefined;
  return {
    url: urlOf(server.socket),
    started,
    stop: () => {
      leaving ??= watch.end().then(() => stop(folder, ticket, server, log));
      return leaving;
    },
  };
}

/**
 * Starts the server again, unless another who joined it has done so meanwhile.
 * @returns null when it is not ours to start: the folder was removed under us, or the server moved
 */
async function revive(
  folder: string,
  ticket: string,
  socket: string,
  options: PrivateRedisOptions,
): Promise<{ readonly pid: number; readonly started: boolean } | null> {
  if (!existsSync(ticket)) return null;
  return await withFolderLock(folder, async () => {
    const recorded = readRaw(folder).redis;
    if (recorded !== undefined && recorded.socket !== socket) return null;
    const found = (await findRecorded(folder, options)) ?? (await start(folder, options, socket));
    return { pid: found.server.pid, started: found.started };
  });
}

interface Found {
  readonly server: ServerProcess;
  readonly started: boolean;
}

async function findRecorded(
  folder: string,
  { readyMs = defaultReadyMs }: PrivateRedisOptions,
): Promise<Found | null> {
  const { redis: recorded } = readRaw(folder);
  if (recorded === undefined || (await findServer(recorded, readyMs)) === 'gone') return null;
  if (recorded.pid > 0) return { server: recorded, started: false };
  const server = await identify(recorded.socket);
  writeParts(folder, { redis: server });
  return { server, started: false };
}

/** Who answers on the socket: for a server whose starter died before it could write that down. */
async function identify(socket: string): Promise<ServerProcess> {
  const redis = await connectRedis(urlOf(socket));
  try {
    const pid = Number(/^process_id:(\d+)/m.exec(await redis.info('server'))?.[1] ?? 0);
    const mark = markOf(pid);
    return { socket, pid, ...(mark === null ? {} : { mark }) };
  } finally {
    redis.disconnect();
  }
}

/** @param before the socket of the server that was, where nothing is on record */
async function start(folder: string, options: PrivateRedisOptions, before?: string): Promise<Found> {
  const { binaries = serverBinaries, readyMs = defaultReadyMs } = options;
  const former = readRaw(folder).redis?.socket ?? before;
  const socket = makeSocketPath(former, options.temporary ?? [tmpdir(), '/tmp']);
  let server: ServerProcess | undefined;
  try {
    // On record before it runs: should we die in between, the next command finds it and does not start a second one
    // over the same data.
    writeParts(folder, { redis: { socket, pid: 0 } });
    const spawned = await spawnServer(folder, socket, binaries);
    server = spawned.process;
    writeParts(folder, { redis: server });
    await spawned.ready(readyMs);
    return { server, started: true };
  } catch (error) {
    if (server) await stopServer(server);
    removeSocket(socket);
    writeParts(folder, { redis: null });
    throw error;
  }
}

const defaultReadyMs = 60_000;

async function stop(folder: string, ticket: string, joined: ServerProcess, log: Logger): Promise<void> {
  await withFolderLock(folder, async () => {
    if (leave(folder, ticket) > 0) return;
    // Should someone have removed the folder under us, the server we joined must end all the same.
    const server = readRaw(folder).redis ?? joined;
    await stopServer(server);
    removeSocket(server.socket);
    writeParts(folder, { redis: null });
    log.debug({ pid: server.pid }, 'private Redis stopped');
  });
}

function urlOf(socket: string): string {
  return `unix://${pathToFileURL(socket).pathname}`;
}
