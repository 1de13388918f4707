/**
 * `npm run test:faults -- [--runs N] [--seed S] [--json] [--only FAULT] [--lean PATTERN] [--until PATTERN] [--dist DIR] [--parallel N]
 * [--seconds N] [--min-hits N]`: seeded
 * runs of real workers against a real Redis and a real SMTP server, with faults in the middle. Says on stderr what it
 * does (and with --min-hits which faults were met too rarely at which stage), prints the outcome, exits 1 when anything was violated. Seed S, run alone, is the same run again.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runMany } from './many.ts';
import { describeReport, rarelyHit } from './report.ts';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    lean: { type: 'string' },
    dist: { type: 'string', default: join(import.meta.dirname, '..', '..') },
    // Most of a run is waiting: for leases, timeouts and restarts.
    parallel: { type: 'string', default: String(Math.min(8, 2 * availableParallelism())) },
    'min-hits': { type: 'string', default: '0' },
    seconds: { type: 'string', default: 'Infinity' },
    until: { type: 'string' },
  },
});

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());

const report = await runMany({
  signal: stopping.signal,
  dist: options.dist,
  runs: Number(options.runs),
  seed: Number(options.seed),
  lanes: Number(options.parallel),
  seconds: Number(options.seconds),
  ...(options.until === undefined ? {} : { until: new RegExp(options.until) }),
  choice: {
    ...(options.only === undefined ? {} : { only: options.only }),
    ...(options.lean === undefined ? {} : { lean: new RegExp(options.lean) }),
  },
  say: (line) => void process.stderr.write(`${line}\n`),
  hear: (talk) => void (process.env.FAULTS_LOG_LEVEL === undefined || process.stderr.write(`${talk}\n`)),
});
const least = Number(options['min-hits']);
const rare = rarelyHit(report.totals, least);
if (least > 0) {
  process.stderr.write(`${rare.length} of fault × stage were hit less than ${least} times\n`);
  for (const line of rare) process.stderr.write(`    ${line}\n`);
}
const failures = report.failures.map(({ seed, faults, violations }) => ({ seed, faults, violations }));
process.stdout.write(
  options.json ? `${JSON.stringify({ ...report.totals, failures })}\n` : describeReport(report),
  // Not before it is written: a pipe takes only so much at a time.
  () => process.exit(report.failures.length > 0 ? 1 : 0),
);
