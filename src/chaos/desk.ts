/** The chaos page's desk: one run at a time, begun and disturbed by its buttons, judged when it has ended. */
import type { Settings } from '../app.ts';
import { toPaperboyError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { ChaosAction, ChaosDesk, ChaosPhase, ChaosVerdict, ChaosView } from '../web/chaos-desk.ts';
import { type ChaosResult, type ChaosRun, startChaosRun } from './chaos-run.ts';

export interface ChaosDeskOptions {
  /** Of the demo. */
  readonly settings: Settings;
  /** Recipients of each run. */
  readonly messages: number;
  readonly log: Logger;
}

export interface ClosableChaosDesk extends ChaosDesk {
  /** Ends a run that is under way. */
  close(): Promise<void>;
}

export function createChaosDesk({ settings, messages, log }: ChaosDeskOptions): ClosableChaosDesk {
  let phase: ChaosPhase = 'idle';
  let run: ChaosRun | null = null;
  let verdict: ChaosVerdict | null = null;
  let problem: string | null = null;
  let living: Promise<void> = Promise.resolve();
  const closing = new AbortController();

  const live = async (): Promise<void> => {
    let current: ChaosRun | null = null;
    try {
      current = await startChaosRun(settings, { messages });
      run = current;
      phase = 'sending';
      const result = await current.finish(closing.signal);
      verdict = verdictOf(result);
      phase = 'done';
    } catch (thrown) {
      problem = toPaperboyError(thrown).message;
      phase = 'failed';
      log.error({ reason: problem }, 'the chaos run failed');
    } finally {
      await current?.close();
    }
  };

  const actions: Readonly<Record<ChaosAction, () => Promise<void> | void>> = {
    start: () => {
      if (phase === 'preparing' || phase === 'sending' || phase === 'paused') return;
      [phase, run, verdict, problem] = ['preparing', null, null, null];
      // The run before may still be cleaning up.
      living = living.then(live);
    },
    'kill-worker': () => run?.killWorker(),
    'kill-redis': async () => await run?.killRedis(),
    unsubscribe: async () => await run?.unsubscribe(),
    pause: async () => {
      await run?.pause();
      if (phase === 'sending') phase = 'paused';
    },
    resume: async () => {
      await run?.resume();
      if (phase === 'paused') phase = 'sending';
    },
  };

  return {
    look: (): ChaosView => ({
      phase,
      messages,
      workers: phase === 'sending' || phase === 'paused' ? (run?.workers() ?? 0) : 0,
      isRedisAway: (phase === 'sending' || phase === 'paused') && (run?.observer.isRedisAway ?? false),
      samples: run?.observer.samples ?? [],
      events: run?.observer.events ?? [],
      verdict,
      problem,
    }),
    act: async (action) => {
      const isUnderWay = phase === 'sending' || phase === 'paused';
      if (closing.signal.aborted || (action !== 'start' && !isUnderWay)) return;
      await actions[action]();
    },
    close: async () => {
      closing.abort();
      await living;
    },
  };
}

function verdictOf(result: ChaosResult): ChaosVerdict {
  const { recipients, counts, record, duplicates, lost, uncertain, uncertainArrived } = result;
  const { workerKills, redisKills, unsubscribed, seconds } = result;
  return {
    recipients,
    accepted: counts.accepted,
    spared: counts.suppressed + counts.skipped,
    uncertain,
    uncertainArrived,
    copies: record.copies,
    distinctRecipients: record.recipients,
    duplicates,
    lost,
    gaps: result.verify.gaps.length,
    workerKills,
    redisKills,
    unsubscribed,
    seconds,
  };
}
