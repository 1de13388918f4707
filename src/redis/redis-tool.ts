/** Runs one of the programs that come with a Redis server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PaperboyError } from '../core/errors.ts';

export interface ToolRun {
  /** Tried in this order, on PATH. */
  readonly binaries: readonly string[];
  readonly args: readonly string[];
  /** All of its environment; there goes what must not stand on a command line, which everybody on the machine can read. */
  readonly env: NodeJS.ProcessEnv;
  /** Ends it when aborted. */
  readonly signal: AbortSignal;
}

/**
 * @returns what it said, on either stream
 * @throws PaperboyError `redis-not-installed`; Error with its last words when it fails
 */
export async function runTool({ binaries, args, env, signal }: ToolRun): Promise<string> {
  for (const binary of binaries) {
    const child = spawn(binary, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
      signal,
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said = `${said}${chunk}`.slice(-4_000);
      });
    }
    try {
      const [code] = (await once(child, 'close')) as [number | null];
      if (code === 0) return said;
      throw new Error(said.trim().split('\n').at(-1) || `${binary} ended with ${code}`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new PaperboyError('redis-not-installed', `none of ${binaries.join(', ')} is on PATH`, {
    hint: 'it comes with the Redis server: `node scripts/setup.mjs` installs both',
  });
}

/** Under what the programs of Redis run. */
export type ToolContext = Pick<ToolRun, 'env' | 'signal'>;

/** Reads an RDB file to its end. @throws Error that says what is wrong with it; PaperboyError `redis-not-installed` */
export async function checkSnapshot(path: string, context: ToolContext): Promise<void> {
  await runTool({ binaries: ['redis-check-rdb', 'valkey-check-rdb'], args: [path], ...context });
}
