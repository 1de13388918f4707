/** All that a Redis holds at one moment, as a file (RDB), taken while the server goes on. */
import { statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { PaperboyError } from '../core/errors.ts';
import { checkSnapshot, runTool, type ToolContext } from './redis-tool.ts';
import { parseRedisUrl } from './redis-url.ts';

/** A transfer that has not moved for so long is given up. The server may take its time before it begins. */
const stalledMs = 120_000;

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
    await checkSnapshot(path, { env, signal });
  });
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
