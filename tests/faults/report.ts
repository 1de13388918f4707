/** Results of runs, added up. */
import type { RunResult } from './run.ts';

export interface FaultTotals {
  readonly runs: number;
  readonly sends: number;
  readonly violations: number;
}

export interface Totals extends FaultTotals {
  readonly duplicates: number;
  readonly lost: number;
  readonly uncertain: number;
  readonly uncertainExpected: number;
  readonly suppressedWrongly: number;
  readonly byFault: Readonly<Record<string, FaultTotals>>;
}

export interface Report {
  readonly totals: Totals;
  /** Runs that violated something. */
  readonly failures: readonly RunResult[];
}

export function addUp(results: readonly RunResult[]): Report {
  const sum = (value: (result: RunResult) => number, of = results): number =>
    of.reduce((total, result) => total + value(result), 0);
  const totalsOf = (of: readonly RunResult[]): FaultTotals => ({
    runs: of.length,
    sends: sum((result) => result.sends, of),
    violations: sum((result) => result.violations.length, of),
  });
  const names = [...new Set(results.flatMap(({ faults }) => faults))].sort();
  return {
    totals: {
      ...totalsOf(results),
      duplicates: sum((result) => result.duplicates),
      lost: sum((result) => result.lost),
      uncertain: sum((result) => result.uncertain),
      uncertainExpected: sum((result) => result.uncertainExpected),
      suppressedWrongly: sum((result) => result.suppressedWrongly),
      byFault: Object.fromEntries(
        names.map((name) => [name, totalsOf(results.filter(({ faults }) => faults.includes(name)))]),
      ),
    },
    failures: results.filter(({ violations }) => violations.length > 0),
  };
}

export function describeReport({ totals, failures }: Report): string {
  const { byFault, ...sums } = totals;
  const lines = Object.entries(byFault).map(
    ([name, { runs, sends, violations }]) =>
      `${name.padEnd(44)} ${runs} runs, ${sends} copies, ${violations} violations`,
  );
  const failed = failures.map(({ seed, violations }) => `seed ${seed}: ${violations[0]}`);
  return `${[...lines, JSON.stringify(sums), ...failed].join('\n')}\n`;
}
