/**
 * `npm run test:faults -- [--runs N] [--seed S] [--json] [--only FAULT] [--lean PATTERN] [--first] [--dist DIR] [--lanes N] [--seconds N]`: seeded
 * runs of real workers against a real Redis and a real SMTP server, with faults in the middle. Says on stderr what it
 * does, prints the outcome, exits 1 when anything was violated. Seed S, run alone, is the same run again.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runMany } from './many.ts';
import { describeReport } from './report.ts';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    lean: { type: 'string' },
    dist: { type: 'string', default: join(import.meta.dirname, '..', '..') },
    lanes: { type: 'string', default: '2' },
    seconds: { type: 'string', default: 'Infinity' },
    first: { type: 'boolean', default: false },
  },
});

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());

const report = await runMany({
  signal: stopping.signal,
  dist: options.dist,
  runs: Number(options.runs),
  seed: Number(options.seed),
  lanes: Number(options.lanes),
  seconds: Number(options.seconds),
  untilFirst: options.first,
  choice: {
    ...(options.only === undefined ? {} : { only: options.only }),
    ...(options.lean === undefined ? {} : { lean: new RegExp(options.lean) }),
  },
  say: (line) => void process.stderr.write(`${line}\n`),
});
process.stdout.write(options.json ? `${JSON.stringify(report.totals)}\n` : describeReport(report));
process.exit(report.failures.length > 0 ? 1 : 0);
