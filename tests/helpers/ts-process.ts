/** Runs TypeScript in a process of its own, on any Node: bundled with the bundler that vitest brings, then spawned. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { rolldown } from 'rolldown';
import { randomId } from '../../src/core/ids.ts';
import { packageRoot } from '../../src/core/package-root.ts';

export interface TsProgram {
  /** Path of the bundle, for who starts it in another way. */
  readonly file: string;
  /** Starts one process; it is killed by `remove` if it still runs then. */
  start(args?: readonly string[]): TsProcess;
  /** Ends what was started and removes the bundle. */
  remove(): Promise<void>;
}

export interface TsProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** The next line of its stdout; rejects when it ends before. */
  line(): Promise<string>;
  /** Writes a line to its stdin. */
  say(line: string): void;
  /** Sends a signal and waits for the end; returns at once when it has ended. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

/** @param source a module; its relative imports start from the package root, e.g. `./src/core/ids.ts` */
export async function tsProgram(source: string): Promise<TsProgram> {
  const root = packageRoot();
  // Inside node_modules, so that the bundle finds the libraries, which are not bundled.
  const folder = join(root, 'node_modules', '.cache', 'paperboy-tests');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${randomId()}.mjs`);
  const entry = join(root, 'entry.ts');
  const bundle = await rolldown({
    input: entry,
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? source : null),
      },
    ],
  });
  await bundle.write({ file, format: 'esm', codeSplitting: false });
  await bundle.close();
  const started: TsProcess[] = [];
  return {
    file,
    start(args = []) {
      const one = wrap(spawn(process.execPath, [file, ...args]));
      started.push(one);
      return one;
    },
    async remove() {
      await Promise.all(started.map((one) => one.end('SIGKILL')));
      rmSync(file, { force: true });
    },
  };
}

function wrap(child: ChildProcessWithoutNullStreams): TsProcess {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  return {
    child,
    async line() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`the process ended before it said anything: ${complaints}`);
      return value;
    },
    say: (line) => void child.stdin.write(`${line}\n`),
    async end(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
  };
}
