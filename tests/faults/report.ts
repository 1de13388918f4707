/** Results of runs, added up. */
import { struckStages } from './deal.ts';
import { faults } from './faults.ts';
import type { RunResult } from './run.ts';

import { leftOut } from './worker-faults.ts';

export interface FaultTotals {
  readonly runs: number;
  readonly sends: number;
  readonly violations: number;
  /** Copies and connections that it met. */
  readonly hits: number;
  /** The same, by where they stood in the dialogue. `idle`: between two copies; `plan`: unfinished plans; `claim`: claims. */
  readonly byStage: Readonly<Record<string, number>>;
}

export interface Totals {
  readonly runs: number;
  readonly sends: number;
  readonly violations: number;
  readonly duplicates: number;
  readonly lost: number;
  readonly uncertain: number;
  readonly uncertainExpected: number;
  readonly suppressedWrongly: number;
  readonly runsPerMinute: number;
  readonly byFault: Readonly<Record<string, FaultTotals>>;
  /** What could not be done on this machine, and why. */
  readonly leftOut: readonly string[];
}

export interface Report {
  readonly totals: Totals;
  /** Runs that violated something. */
  readonly failures: readonly RunResult[];
}

export function addUp(results: readonly RunResult[], tookMs: number): Report {
  const sum = (value: (result: RunResult) => number, of = results): number =>
    of.reduce((total, result) => total + value(result), 0);
  const names = [...new Set(results.flatMap(({ faults: each }) => each))].sort();
  const totalsOf = (name: string): FaultTotals => {
    const of = results.filter(({ faults: each }) => each.includes(name));
    const byStage: Record<string, number> = {};
    for (const { hits } of of) {
      for (const [stage, count] of Object.entries(hits[name] ?? {})) {
        byStage[stage] = (byStage[stage] ?? 0) + count;
      }
    }
    return {
      runs: of.length,
      sends: sum((result) => result.sends, of),
      violations: sum((result) => result.violations.length, of),
      hits: Object.values(byStage).reduce((total, count) => total + count, 0),
      byStage,
    };
  };
  return {
    totals: {
      runs: results.length,
      sends: sum((result) => result.sends),
      violations: sum((result) => result.violations.length),
      duplicates: sum((result) => result.duplicates),
      lost: sum((result) => result.lost),
      uncertain: sum((result) => result.uncertain),
      uncertainExpected: sum((result) => result.uncertainExpected),
      suppressedWrongly: sum((result) => result.suppressedWrongly),
      runsPerMinute: Math.round((results.length / tookMs) * 600_000) / 10,
      byFault: Object.fromEntries(names.map((name) => [name, totalsOf(name)])),
      leftOut,
    },
    failures: results.filter(({ violations }) => violations.length > 0),
  };
}

/**
 * Fault × stage that was hit less often, of all that can exist. What a relay says or does at a stage is met there and
 * nowhere else (`onlyAt`), and so is what strikes who plans or claims; what else strikes from outside can meet a connection
 * at every stage.
 */
export function rarelyHit({ byFault }: Pick<Totals, 'byFault'>, least: number): string[] {
  return faults.flatMap(({ name, meets, onlyAt = struckStages }) =>
    (meets ? [meets] : onlyAt)
      .map((stage) => ({ stage, hits: byFault[name]?.byStage[stage] ?? 0 }))
      .filter(({ hits }) => hits < least)
      .map(({ stage, hits }) => `${name} × ${stage}: ${hits}`),
  );
}

export function describeReport({ totals, failures }: Report): string {
  const { byFault, ...sums } = totals;
  const lines = Object.entries(byFault).map(
    ([name, { runs, sends, violations, hits }]) =>
      `${name.padEnd(50)} ${runs} runs, ${hits} hits, ${sends} copies, ${violations} violations`,
  );
  const failed = failures.map(({ seed, violations }) => `seed ${seed}: ${violations[0]}`);
  return `${[...lines, JSON.stringify(sums), ...failed].join('\n')}\n`;
}
