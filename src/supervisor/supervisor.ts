/** Keeps a number of processes running: one that dies is replaced, one that cannot begin says why, all end with us. */
import { setTimeout } from 'node:timers/promises';
import type { PaperboyError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { type Child, launchChild } from './child.ts';
import { quickDeaths, restartPause } from './restart-pause.ts';

export interface SupervisorOptions {
  /** Path of the program that each of them runs; it calls `runSupervised`. */
  readonly program: string;
  readonly processes: number;
  readonly log: Logger;
  /** Default: ours. */
  readonly env?: NodeJS.ProcessEnv;
  /** How long they may take to end. Default 9 s: less than the ten in which we have to end ourselves. */
  readonly drainMs?: number;
}

export interface Supervisor {
  /**
   * Gives the processes their order; call it once. Resolves when all of them work.
   * @param order plain data
   * @throws PaperboyError what the first of them failed with; then all have ended
   */
  begin(order: object): Promise<void>;
  /** Those that run now, also those that do not work yet. */
  pids(): readonly number[];
  /** Resolves when one could not be replaced and never will be until a person changes something. */
  readonly failure: Promise<PaperboyError>;
  /** Tells them all to finish what they have in hand, and waits for their end. Idempotent. */
  close(): Promise<void>;
}

/** Starts the processes, which load their program and wait for the order. */
export function startSupervisor(options: SupervisorOptions): Supervisor {
  const { program, processes, log, env, drainMs = 9_000 } = options;
  const running = new Set<Child>();
  const closing = new AbortController();
  const keepers: Promise<void>[] = [];
  let fail: (error: PaperboyError) => void;
  const failure = new Promise<PaperboyError>((resolve) => {
    fail = resolve;
  });

  const launch = (): Child => {
    const child = launchChild(program, env);
    running.add(child);
    void child.ended.then(() => running.delete(child));
    return child;
  };

  /** Watches over one place until it is given up: whoever dies in it is followed by another. */
  const keep = async (first: Child, order: object): Promise<void> => {
    let child = first;
    let quick = 0;
    for (;;) {
      const end = await child.ended;
      if (closing.signal.aborted) return;
      quick = quickDeaths(quick, end);
      const pauseMs = restartPause(quick, end);
      log.warn(
        { pid: child.pid, ended: end.signal ?? end.status, pauseMs },
        'a worker died; another follows',
      );
      await setTimeout(pauseMs, undefined, { signal: closing.signal }).catch(() => {});
      if (closing.signal.aborted) return;
      child = launch();
      try {
        await child.begin(order);
        log.warn({ pid: child.pid }, 'a worker took the place of the one that died');
      } catch (thrown) {
        const error = thrown as PaperboyError;
        if (closing.signal.aborted) return;
        log.error({ pid: child.pid, code: error.code, reason: error.message }, 'a worker could not begin');
        if (error.retry === 'never') return fail(error);
      }
    }
  };

  const close = async (): Promise<void> => {
    closing.abort();
    await Promise.all([...running].map((child) => child.stop(drainMs)));
    await Promise.all(keepers);
  };

  const first = Array.from({ length: processes }, launch);
  return {
    begin: async (order) => {
      try {
        await Promise.all(first.map((child) => child.begin(order)));
      } catch (error) {
        await close();
        throw error;
      }
      for (const child of first) keepers.push(keep(child, order));
    },
    pids: () => [...running].map(({ pid }) => pid),
    failure,
    close,
  };
}
