/** The process of a private Redis: started durable and detached, awaited, stopped. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PaperboyError } from '../core/errors.ts';
import { ask } from './ask.ts';
import { isRunning, markOf } from './process-mark.ts';

/** In the order in which they are tried, on PATH. */
export const serverBinaries = ['redis-server', 'valkey-server'] as const;

export interface ServerProcess {
  readonly socket: string;
  readonly pid: number;
  readonly mark?: string;
}

export interface StartedServer {
  readonly process: ServerProcess;
  /**
   * Resolves when it answers.
   * @param signal gives up waiting
   * @throws PaperboyError `redis-unreachable` when it ends before, or takes too long
   */
  ready(limitMs: number, signal?: AbortSignal): Promise<void>;
}

/** Where a server differs from one that keeps the ledger. */
export interface ServerSettings {
  /** A server over this RDB file (absolute path), which it reads and never writes. */
  readonly snapshot?: string;
}

/**
 * @param binaries tried in this order, on PATH
 * @throws PaperboyError `redis-not-installed`
 */
export async function spawnServer(
  dataDir: string,
  socket: string,
  binaries: readonly string[],
  { snapshot }: ServerSettings = {},
): Promise<StartedServer> {
  const folder = join(dataDir, 'redis');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (snapshot !== undefined) symlinkSync(snapshot, join(folder, snapshotName));
  const logPath = join(folder, 'redis.log');
  const logFd = openSync(logPath, 'a', 0o600);
  const logStart = statSync(logPath).size;
  try {
    for (const binary of binaries) {
      const child = await launch(binary, folder, socket, logFd, snapshot !== undefined);
      if (child?.pid === undefined) continue;
      const mark = markOf(child.pid);
      return {
        process: { socket, pid: child.pid, ...(mark === null ? {} : { mark }) },
        ready: (limitMs, signal) => {
          const readLog = () => readFileSync(logPath).subarray(logStart).toString();
          return untilReady(child, socket, readLog, limitMs, signal);
        },
      };
    }
  } finally {
    closeSync(logFd);
  }
  throw new PaperboyError('redis-not-installed', `none of ${binaries.join(', ')} is on PATH`, {
    hint: '`node scripts/setup.mjs` installs Redis; or set REDIS_URL to use a server you have',
  });
}

/**
 * What became of a server that is on record.
 * @param limitMs how long it may load its data, or stay silent
 * @throws PaperboyError `redis-unreachable` when it lives and does not answer
 */
export async function findServer(server: ServerProcess, limitMs: number): Promise<'ready' | 'gone'> {
  const deadline = performance.now() + limitMs;
  // One whose id was never recorded may have been started an instant before its starter died: it gets time to appear.
  const appearBy = performance.now() + Math.min(limitMs, appearMs);
  while (performance.now() < deadline) {
    const answer = await ask(server.socket, 'PING', 1_000);
    if (answer.type === 'reply' && answer.text === '+PONG') return 'ready';
    if (answer.type === 'absent') {
      if (server.pid > 0 && !isRunning(server.pid, server.mark)) return 'gone';
      if (performance.now() > appearBy) {
        // Alive and without a socket, nobody can reach it, yet it has the data open: it must end before the next starts.
        await stopServer(server);
        return 'gone';
      }
    }
    await delay(pollMs);
  }
  throw new PaperboyError(
    'redis-unreachable',
    `the private Redis (process ${server.pid}, ${server.socket}) does not answer`,
    {
      hint: `see its redis.log in the data folder; \`kill ${server.pid}\` ends it, and nothing is lost by that`,
    },
  );
}

/** Graceful first; whatever it takes in the end. Nothing is lost by the last resort: all it said is on disk. */
export async function stopServer({ socket, pid, mark }: ServerProcess): Promise<void> {
  const answer = await ask(socket, 'SHUTDOWN', 5_000);
  // It closes without a word when it obeys; what it does say is why it does not.
  const obeys = answer.type === 'reply' && answer.text === '';
  // Process 0 is nobody on record, and for kill(2) it is our own group.
  if (pid <= 0 || (await hasEnded(pid, mark, obeys ? graceMs : 0))) return;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    if (await hasEnded(pid, mark, graceMs)) return;
  }
}

/** REDIS_URL names one of so many; a server refuses to load a file that has more than it. */
const mostDatabases = '10000';

/** A plain name: Redis takes no path. */
const snapshotName = 'snapshot.rdb';

const pollMs = 10;
const appearMs = 3_000;
const graceMs = 5_000;

async function launch(
  binary: string,
  folder: string,
  socket: string,
  logFd: number,
  readsOnly: boolean,
): Promise<ChildProcess | null> {
  const settings: Readonly<Record<string, string>> = {
    port: '0',
    unixsocket: socket,
    unixsocketperm: '700',
    dir: folder,
    ...(readsOnly
      ? { appendonly: 'no', dbfilename: snapshotName, databases: mostDatabases }
      : { appendonly: 'yes', appendfsync: 'always' }),
    'maxmemory-policy': 'noeviction',
    save: '',
    // A backup need not wait for others that might want a copy as well.
    'repl-diskless-sync-delay': '0',
    daemonize: 'no',
    loglevel: 'warning',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  // In a session of its own: the terminal's Ctrl-C is for us, who stop the server after our last word to it.
  const child = spawn(binary, args, { cwd: folder, detached: true, stdio: ['ignore', logFd, logFd] });
  return await new Promise((resolve, reject) => {
    child.once('spawn', () => {
      child.unref();
      resolve(child);
    });
    child.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' ? resolve(null) : reject(error),
    );
  });
}

async function untilReady(
  child: ChildProcess,
  socket: string,
  readLog: () => string,
  limitMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (child.exitCode === null && child.signalCode === null) {
    const answer = await ask(socket, 'PING', 1_000);
    if (answer.type === 'reply' && answer.text === '+PONG') return;
    signal?.throwIfAborted();
    if (performance.now() > deadline) {
      child.kill('SIGKILL');
      throw notReady(`was not ready after ${limitMs / 1_000} s`, readLog());
    }
    await delay(pollMs);
  }
  throw notReady(`ended (${child.signalCode ?? child.exitCode}) before it was ready`, readLog());
}

function notReady(what: string, log: string): PaperboyError {
  const said = log.trim().split('\n').slice(-5).join('\n');
  return new PaperboyError(
    'redis-unreachable',
    `the private Redis ${what}${said ? `; it said:\n${said}` : ''}`,
  );
}

async function hasEnded(pid: number, mark: string | undefined, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (isRunning(pid, mark)) {
    if (performance.now() > deadline) return false;
    await delay(pollMs);
  }
  return true;
}
