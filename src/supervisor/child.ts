/** One process of a supervisor, seen from outside: it is told what to do, says that it works, and ends somehow. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { PaperboyError } from '../core/errors.ts';
import { failureOf, type Word } from './protocol.ts';
import type { End } from './restart-pause.ts';

export interface Child {
  readonly pid: number;
  /** Resolves when it works. @throws PaperboyError what it failed with; `internal` when it ended without a word */
  begin(order: object): Promise<void>;
  /** Never rejects. */
  readonly ended: Promise<End>;
  /** Tells it to finish what it has in hand, and kills it when that takes too long. */
  stop(limitMs: number): Promise<void>;
}

/** Forks at once, so that its program is loaded while others are still getting ready. */
export function launchChild(program: string, env?: NodeJS.ProcessEnv): Child {
  // No stdout: that belongs to data. Its log goes where ours goes.
  const child = fork(program, [], {
    ...(env ? { env } : {}),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let worksSince: number | null = null;
  const ended = endOf(child, () => worksSince);
  const word = once(child, 'message').then(([message]) => message as Word);
  return {
    pid: child.pid ?? 0,
    ended,
    begin: async (order) => {
      // A child that has died takes no order; its end says so.
      child.send({ order }, () => {});
      const heard = await Promise.race([word, ended]);
      const failure = 'status' in heard ? endedEarly(heard) : failureOf(heard);
      if (failure !== null) throw failure;
      worksSince = performance.now();
    },
    stop: async (limitMs) => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function endOf(process: ChildProcess, worksSince: () => number | null): Promise<End> {
  const [status, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    process.once('exit', (...end) => resolve(end));
    // What cannot even be started has no exit.
    process.once('error', () => {
      if (process.pid === undefined) resolve([1, null]);
    });
  });
  const since = worksSince();
  return { status, signal, workedMs: since === null ? 0 : performance.now() - since };
}

function endedEarly({ status, signal }: End): PaperboyError {
  return new PaperboyError('internal', `a worker process ended (${signal ?? status}) before it worked`, {
    hint: 'its log says more',
  });
}
