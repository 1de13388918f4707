/**
 * Gathers connections where a run's relay is slow. Answers are kept back there; when all that come have come, they go on
 * together, and are held when a fault is about to strike, so that it meets as many as there are.
 */
import { setTimeout } from 'node:timers/promises';
import type { SinkRule, SmtpSink } from '../helpers/smtp-sink.ts';
import type { Schedule } from './schedule.ts';

export interface Gathering {
  /** What the relay does meanwhile. */
  readonly rule: SinkRule;
  /** Resolves when all that come stand there, or it takes longer (ms); then they are held until a fault has struck. */
  hold(patience: number): Promise<void>;
  /** Whether they are held just now. */
  isHeld(): boolean;
  /** A fault has struck: they are held a moment longer, while it does what it does. */
  struck(): void;
  /** Lets everybody go; to be called when the rule is no longer obeyed. */
  end(): Promise<void>;
}

/** A relay that takes its time at one stage. */
export function slowRule({ slowAt: at, slowMs: delayMs }: Pick<Schedule, 'slowAt' | 'slowMs'>): SinkRule {
  const taken = { record: true, reply: '250 2.0.0 Ok: queued as 4ZQ' };
  return { at, delayMs, ...(at === 'dot' ? taken : {}) };
}

/** All have come when nobody has come for so long: before they go on, and, more surely, before a fault strikes. */
const quietMs = 60;
const surelyQuietMs = 200;
/** Share of the most that ever stood there; fewer are waited for a while, as those that come back after a fault. */
const most = 0.8;
const lookMs = 15;
/** Nobody is kept longer, whatever happens. */
const keptAtMostMs = 5_000;

export function gather(
  sink: SmtpSink,
  { slowAt, slowMs }: Schedule,
  isOver: () => Promise<boolean>,
): Gathering {
  let heldUntil = 0;
  let isEnded = false;
  let standing = 0;
  let highest = 0;
  let changedAt = performance.now();
  const look = async (): Promise<void> => {
    const now = (await sink.stages())[slowAt] ?? 0;
    if (now !== standing) changedAt = performance.now();
    standing = now;
    highest = Math.max(highest, now);
  };
  const isGathered = (forMs: number) => standing > 0 && performance.now() - changedAt >= forMs;

  const lettingGo = (async () => {
    while (!isEnded) {
      await setTimeout(lookMs);
      await look();
      if (performance.now() < heldUntil || !isGathered(quietMs)) continue;
      await sink.hurry();
      changedAt = performance.now();
    }
  })();
  // It is told where the gathering ends.
  lettingGo.catch(() => {});

  return {
    rule: slowRule({ slowAt, slowMs: keptAtMostMs }),
    hold: async (patience) => {
      const until = performance.now() + patience;
      heldUntil = Math.max(heldUntil, until + slowMs);
      while (performance.now() < until) {
        await setTimeout(lookMs);
        if ((isGathered(surelyQuietMs) && standing >= most * highest) || (standing === 0 && (await isOver())))
          return;
      }
    },
    isHeld: () => performance.now() < heldUntil,
    struck: () => {
      heldUntil = performance.now() + slowMs;
    },
    end: async () => {
      isEnded = true;
      await lettingGo;
      await sink.hurry();
    },
  };
}
