/** Worker processes that faults may be done to. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { packageRoot } from '../../src/core/package-root.ts';
import { endsWithin, within } from './within.ts';

export interface Worker {
  readonly child: ChildProcess;
  /** The last of what it wrote to stderr. */
  talk(): string;
  /** Resolves once it has ended; who does not end within the limit is killed, and was stuck. */
  signal(signal: 'SIGKILL' | 'SIGTERM'): Promise<Ended>;
  stop(): void;
  go(): void;
}

export interface Ended {
  readonly status: number | null;
  readonly tookMs: number;
  readonly wasStuck: boolean;
}

/** Twice what a worker may take. */
const endsWithinMs = 20_000;
const startsWithinMs = 30_000;

export interface WorkerPool {
  readonly alive: readonly Worker[];
  /** A worker that no other fault has hold of; `done` gives it back. */
  take(): Worker | null;
  done(worker: Worker): void;
  /** Starts as many as are missing, and waits until they work. */
  fill(): Promise<void>;
  /** Why workers did not start, since this was asked last. */
  failures(): readonly string[];
  /** Lets time pass for them all. */
  skip(ms: number): void;
  /** Sets their wall clocks ahead, or back. */
  jump(ms: number): void;
  close(): Promise<void>;
}

export interface WorkerSettings {
  readonly program: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly size: number;
}

export function createWorkerPool({ program, folder, env, size }: WorkerSettings): WorkerPool {
  const alive: Worker[] = [];
  const taken = new Set<Worker>();
  let skipped = 0;
  let isClosed = false;
  let failed: string[] = [];
  let filling = Promise.resolve();

  const start = async (): Promise<void> => {
    const child = fork(program, ['work', '--processes', '0'], {
      cwd: folder,
      env: { ...env },
      execArgv: ['--import', join(packageRoot(), 'tests', 'faults', 'skip-time.mjs')],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const worker = wrap(child);
    child.once('exit', () => {
      const at = alive.indexOf(worker);
      if (at >= 0) alive.splice(at, 1);
    });
    try {
      await within(startsWithinMs, 'the start of a worker', untilWorking(child, worker));
    } catch (error) {
      child.kill('SIGKILL');
      failed.push(String(error));
      throw error;
    }
    if (skipped > 0) child.send({ skipMs: skipped });
    alive.push(worker);
  };

  /** A worker that comes up while Redis takes nothing says so and ends; whoever looks after it starts it again. */
  const startSurely = async (): Promise<void> => {
    for (const until = performance.now() + startsWithinMs; ; ) {
      try {
        return await start();
      } catch (error) {
        if (performance.now() > until || isClosed) throw error;
        await setTimeout(300);
      }
    }
  };

  const tell = (message: { skipMs: number } | { jumpMs: number }): void => {
    for (const { child } of alive) if (child.connected) child.send(message, () => {});
  };

  return {
    alive,
    take: () => {
      const free = alive.find((worker) => !taken.has(worker)) ?? null;
      if (free) taken.add(free);
      return free;
    },
    done: (worker) => void taken.delete(worker),
    fill: () => {
      filling = filling
        .catch(() => {})
        .then(async () => {
          const missing = Array.from({ length: size - alive.length }, startSurely);
          await Promise.all(missing);
        });
      filling.catch(() => {});
      return filling;
    },
    failures: () => {
      const since = failed;
      failed = [];
      return since;
    },
    skip: (ms) => {
      skipped += ms;
      tell({ skipMs: ms });
    },
    jump: (ms) => tell({ jumpMs: ms }),
    close: async () => {
      isClosed = true;
      await filling.catch(() => {});
      await Promise.all([...alive].map((worker) => worker.signal('SIGKILL')));
    },
  };
}

function wrap(child: ChildProcess): Worker {
  let talk = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    talk = (talk + chunk).slice(-20_000);
  });
  child.on('error', () => {});
  return {
    child,
    talk: () => talk,
    signal: async (signal) => {
      const begun = performance.now();
      let wasStuck = false;
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill(signal);
        wasStuck = !(await endsWithin(endsWithinMs, ended));
        if (wasStuck) {
          child.kill('SIGKILL');
          await endsWithin(endsWithinMs, ended);
        }
      }
      return { status: child.exitCode, tookMs: performance.now() - begun, wasStuck };
    },
    stop: () => void child.kill('SIGSTOP'),
    go: () => void child.kill('SIGCONT'),
  };
}

async function untilWorking(child: ChildProcess, worker: Worker): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const look = () => {
      if (!worker.talk().includes('working')) return;
      child.stderr?.off('data', look);
      resolve();
    };
    child.stderr?.on('data', look);
    child.once('exit', (code, signal) =>
      reject(new Error(`a worker ended with ${code ?? signal} before it worked:\n${worker.talk()}`)),
    );
  });
}
