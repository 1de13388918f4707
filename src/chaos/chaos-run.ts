/** One send to which everything may be done that goes wrong in life, until it has ended and is judged. */
import { setTimeout } from 'node:timers/promises';
import type { Settings } from '../app.ts';
import { PaperboyError } from '../core/errors.ts';
import { pauseIssue, resumeIssue } from '../delivery/control.ts';
import { type IssueStatus, openCount, readStatus } from '../delivery/issue-status.ts';
import { demandIssue } from '../ledger/issues.ts';
import { readRows } from '../ledger/reader.ts';
import { type Gap, verifyIssue } from '../ledger/verify.ts';
import { readRunFile } from '../redis/run-file.ts';
import { type Judgement, judge } from './judge.ts';
import { type Observer, observe } from './observer.ts';
import { type ChaosRig, chaosNewsletter, openChaosRig } from './rig.ts';

export interface ChaosOptions {
  readonly messages: number;
  /** What its processes log; the chaos itself is no news. Default `silent`. */
  readonly logLevel?: string;
}

export interface ChaosResult extends Judgement {
  readonly recipients: number;
  readonly counts: IssueStatus['counts'];
  readonly workerKills: number;
  readonly redisKills: number;
  /** How many readers left while it was under way. */
  readonly unsubscribed: number;
  readonly seconds: number;
  readonly verify: { readonly gaps: readonly Gap[] };
}

export interface ChaosRun {
  readonly observer: Observer;
  /** Worker processes that run now. */
  workers(): number;
  /** Copies that the relay has recorded. */
  arrived(): Promise<number>;
  /** Kills one of the workers with SIGKILL. */
  killWorker(): void;
  /** Kills the Redis of this run with SIGKILL; whoever joined it starts it again. */
  killRedis(): Promise<void>;
  /** Somebody leaves whose copy is not past its gate yet. */
  unsubscribe(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /**
   * Waits until nothing is open any more, or for so long; then compares the ledger with the relay's record.
   * @throws PaperboyError `interrupted` when it is told to stop before
   */
  finish(signal: AbortSignal, limitMs?: number): Promise<ChaosResult>;
  close(): Promise<void>;
}

const processes = 2;
const lookEveryMs = 200;

/** @param base of the demo */
export async function startChaosRun(base: Settings, options: ChaosOptions): Promise<ChaosRun> {
  const { messages, logLevel = 'silent' } = options;
  const rig = await openChaosRig(base, { messages, processes, logLevel });
  try {
    return await begin(rig);
  } catch (error) {
    await rig.close();
    throw error;
  }
}

async function begin(rig: ChaosRig): Promise<ChaosRun> {
  const { app, workers } = rig;
  const issue = await rig.publish();
  const observer = observe(rig, issue);
  const begunAt = performance.now();
  const done = { workerKills: 0, redisKills: 0, unsubscribed: 0 };
  return {
    observer,
    workers: () => workers.pids().length,
    arrived: () => rig.sink.count(),
    killWorker: () => {
      const pid = oneOf(workers.pids());
      if (pid === undefined || !isKilled(pid)) return;
      done.workerKills++;
      observer.note('worker-killed', pid);
    },
    killRedis: async () => {
      const { redis } = await readRunFile(app.environment.dataDir);
      if (redis === undefined || redis.pid === 0 || !isKilled(redis.pid)) return;
      done.redisKills++;
      observer.note('redis-killed', redis.pid);
    },
    unsubscribe: async () => {
      const sid = oneOf(await waitingSids(rig, issue));
      if (sid === undefined) return;
      await app.subscribers.leave(sid, chaosNewsletter);
      done.unsubscribed++;
      observer.note('left', rig.addresses.get(sid) ?? '');
    },
    pause: async () => {
      if ((await pauseIssue(app.ledger, issue)) === 'running') observer.note('paused', '');
    },
    resume: async () => {
      if ((await resumeIssue(app.ledger, issue)) === 'paused') observer.note('resumed', '');
    },
    finish: async (signal, limitMs = Number.POSITIVE_INFINITY) => {
      await untilClosed(rig, issue, signal, performance.now() + limitMs);
      if (signal.aborted) throw new PaperboyError('interrupted', 'the chaos run was stopped before its end');
      const seconds = Math.round((performance.now() - begunAt) / 100) / 10;
      await observer.look();
      await observer.end();
      return { ...(await judged(rig, issue)), ...done, seconds };
    },
    close: async () => {
      await observer.end();
      await rig.close();
    },
  };
}

async function untilClosed(
  { app, sink }: ChaosRig,
  issue: string,
  signal: AbortSignal,
  deadline: number,
): Promise<void> {
  for (;;) {
    // A Redis that is away has not ended the send.
    const open = await readStatus(app.ledger, issue).then(openCount, () => null);
    if (open === 0 || signal.aborted || performance.now() > deadline) break;
    await setTimeout(lookEveryMs, undefined, { signal }).catch(() => {});
  }
  // A copy of a worker that was killed may still be on its way through the relay.
  await sink.count();
}

async function judged(
  rig: ChaosRig,
  id: string,
): Promise<Judgement & Pick<ChaosResult, 'recipients' | 'counts' | 'verify'>> {
  const { ledger } = rig.app;
  const { recipients, counts } = await readStatus(ledger, id);
  const rows = [];
  for await (const { sid, state } of readRows(ledger, await demandIssue(ledger, id))) {
    rows.push({ address: rig.addresses.get(sid) ?? '', state });
  }
  const judgement = judge([...rig.addresses.values()], rows, await rig.sink.record());
  const { gaps } = await verifyIssue(ledger, id);
  return { recipients, counts, ...judgement, verify: { gaps } };
}

async function waitingSids({ app: { ledger } }: ChaosRig, id: string): Promise<number[]> {
  const sids: number[] = [];
  for await (const { sid, state } of readRows(ledger, await demandIssue(ledger, id))) {
    if (state === 'planned' || state === 'claimed') sids.push(sid);
  }
  return sids;
}

/** False when it had died already. */
function isKilled(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

function oneOf<Value>(values: readonly Value[]): Value | undefined {
  return values[Math.floor(Math.random() * values.length)];
}
