/** Many runs, some beside each other, added up. */
import { addUp, type Report } from './report.ts';
import { type Rig, startRig } from './rig.ts';
import { type RunResult, runOnce } from './run.ts';
import { blockSize, type Choice, rigKindOf, scheduleOf } from './schedule.ts';
import { within } from './within.ts';

export interface ManyRuns {
  readonly dist: string;
  readonly runs: number;
  readonly seed: number;
  /** Rigs at work beside each other. */
  readonly lanes: number;
  /** No run is begun after so long. */
  readonly seconds: number;
  /** Stops at the first violation that this matches. */
  readonly until?: RegExp;
  readonly choice: Choice;
  /** No further run is begun once it is aborted. */
  readonly signal: AbortSignal;
  say(line: string): void;
  /** Told what workers wrote to stderr, after a violation. */
  hear(talk: string): void;
}

const rigWithinMs = 120_000;

/** Longer than all limits within a run together can take: what is met here is a wait that has none of its own. */
const runWithinMs = 180_000;

export async function runMany(given: ManyRuns): Promise<Report> {
  const results: RunResult[] = [];
  const begun = performance.now();
  const { until } = given;
  const lastBegin = performance.now() + given.seconds * 1000;
  const last = given.seed + given.runs - 1;
  let next = given.seed;
  const isEnough = () =>
    given.signal.aborted ||
    performance.now() > lastBegin ||
    (until !== undefined && results.some(({ violations }) => violations.some((each) => until.test(each))));

  /** What is left of the block that begins at the next seed. */
  const takeBlock = (): number[] => {
    const seeds: number[] = [];
    do if (next <= last) seeds.push(next++);
    while (next <= last && next % blockSize !== 0);
    return seeds;
  };

  const lane = async (): Promise<void> => {
    for (let seeds = takeBlock(); seeds.length > 0 && !isEnough(); seeds = takeBlock()) {
      let rig: Rig | null = null;
      try {
        for (const seed of seeds) {
          if (isEnough()) break;
          const ready: Rig | Error = rig ?? (await started(seed, given));
          const result =
            ready instanceof Error
              ? unmade(seed, given.choice, ready)
              : await attempt(ready, seed, given.choice);
          results.push(result);
          tell(result);
          if (ready instanceof Error) continue;
          rig = ready;
          if (result.violations.length === 0) continue;
          for (const talk of ready.workers.alive.map((worker) => worker.talk())) given.hear(talk);
          // What went wrong may have left something behind.
          for (const each of await ready.close()) given.say(`    (${each} of it had to be left alone)`);
          rig = null;
        }
      } finally {
        await rig?.close();
      }
    }
  };

  const tell = ({ seed, faults, sends, violations, tookMs }: RunResult): void => {
    const took = `${(tookMs / 1000).toFixed(1)} s`;
    if (violations.length > 0) {
      given.say(`seed ${seed}: ${faults.join(' + ')}: VIOLATED (${took})`);
      for (const violation of violations.slice(0, 8)) given.say(`    ${violation}`);
    } else
      given.say(
        `${results.length}/${given.runs}  seed ${seed}  ${sends} copies  ${took}  ${faults.join(' + ')}`,
      );
  };

  await Promise.all(Array.from({ length: given.lanes }, lane));
  return addUp(results, performance.now() - begun);
}

/** On a machine that is busy beyond measure a rig may not come up: that run is not made, and the others are. */
async function started(seed: number, { dist, choice }: ManyRuns): Promise<Rig | Error> {
  try {
    const starting = startRig(dist, rigKindOf(seed, choice));
    return await within(rigWithinMs, 'the start of Redis, relay and workers', starting);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function attempt(rig: Rig, seed: number, choice: Choice): Promise<RunResult> {
  const schedule = scheduleOf(seed, choice);
  const newsletter = rig.nextNewsletter();
  if (newsletter === null) throw new Error('the rig has no newsletter left');
  try {
    return await within(runWithinMs, 'the run', runOnce(rig, newsletter, schedule));
  } catch (error) {
    return unmade(seed, choice, error);
  }
}

function unmade(seed: number, choice: Choice, error: unknown): RunResult {
  return {
    seed,
    faults: scheduleOf(seed, choice).faults.map(({ name }) => name),
    tookMs: 0,
    sends: 0,
    duplicates: 0,
    lost: 0,
    uncertain: 0,
    uncertainExpected: 0,
    suppressedWrongly: 0,
    hits: {},
    violations: [`the run could not be made: ${error instanceof Error ? error.stack : error}`],
  };
}
