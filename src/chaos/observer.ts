/** Watches a chaos run: where the copies are by the ledger and by the relay, which workers run, whether Redis answers. */
import { setTimeout } from 'node:timers/promises';
import { readTally } from '../ledger/reader.ts';
import { readRunFile } from '../redis/run-file.ts';
import type { ChaosEvent, ChaosEventKind, ChaosSample } from '../web/chaos-desk.ts';
import type { ChaosRig } from './rig.ts';

export interface Observer {
  readonly samples: readonly ChaosSample[];
  readonly events: readonly ChaosEvent[];
  readonly isRedisAway: boolean;
  note(kind: ChaosEventKind, detail: string | number): void;
  /** Looks now, out of turn. */
  look(): Promise<void>;
  end(): Promise<void>;
}

const lookEveryMs = 250;

/** A Redis that has not answered within this time is away. */
const answerMs = 400;

type Counts = Omit<ChaosSample, 'atMs' | 'arrived'>;

export function observe(rig: ChaosRig, issue: string): Observer {
  const begunAt = performance.now();
  const atMs = () => Math.round(performance.now() - begunAt);
  const samples: ChaosSample[] = [];
  const events: ChaosEvent[] = [];
  const ending = new AbortController();
  let workers = new Set(rig.workers.pids());
  let redisPid: number | undefined;
  let isRedisAway = false;
  let asked: Promise<Counts> | null = null;

  const note: Observer['note'] = (kind, detail) =>
    void events.push({ atMs: atMs(), kind, detail: String(detail) });

  /** The question that Redis has not answered yet is not asked twice. */
  const counts = async (): Promise<Counts | null> => {
    asked ??= readCounts(rig, issue).finally(() => {
      asked = null;
    });
    return await Promise.race([asked, setTimeout(answerMs, null)]).catch(() => null);
  };

  /** A relay that has ended counts no further. */
  const arrivals = async (): Promise<number> =>
    await rig.sink.count().catch(() => samples.at(-1)?.arrived ?? 0);

  const look = async (): Promise<void> => {
    const [found, arrived] = await Promise.all([counts(), arrivals()]);
    isRedisAway = found === null;
    const last = samples.at(-1);
    if (found !== null) samples.push({ ...found, atMs: atMs(), arrived });
    else if (last) samples.push({ ...last, atMs: atMs(), arrived });
    const pids = rig.workers.pids();
    for (const pid of pids) if (!workers.has(pid)) note('worker-back', pid);
    workers = new Set(pids);
    const { redis } = await readRunFile(rig.app.environment.dataDir);
    if (redis && redis.pid > 0 && redis.pid !== redisPid) {
      if (redisPid !== undefined) note('redis-back', redis.pid);
      redisPid = redis.pid;
    }
  };

  const loop = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await look();
      await setTimeout(lookEveryMs, undefined, { signal: ending.signal }).catch(() => {});
    }
  };
  const looping = loop();
  return {
    samples,
    events,
    get isRedisAway() {
      return isRedisAway;
    },
    note,
    look,
    end: async () => {
      ending.abort();
      await looping;
    },
  };
}

async function readCounts({ app }: ChaosRig, issue: string): Promise<Counts> {
  const { counts } = await readTally(app.ledger, issue);
  return {
    planned: counts.planned + counts.deferred,
    inHand: counts.claimed + counts.committing,
    accepted: counts.accepted,
    uncertain: counts.uncertain,
    left: counts.suppressed + counts.skipped,
    other: counts.rejected + counts.expired + counts.cancelled,
  };
}
