/** A short selection of the fault runner: one run of each kind of trouble. `npm run test:faults` runs as many as you like. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.ts';
import { runMany } from './many.ts';

/** Three workers, and a relay with STARTTLS and AUTH, since the seeds of each lie in one block. */
it.each([
  ['after DATA', 21],
  ['in chunks', 141],
])(
  'nobody gets an issue twice and nobody is lost, whatever happens amid it: messages %s',
  async (_, seed) => {
    const { totals, failures } = await runMany({
      dist: join(packageRoot(), 'dist'),
      runs: 9,
      seed,
      lanes: 1,
      seconds: 24,
      until: /./,
      choice: { lean: /kill -9 a worker$|SIGSTOP|SIGTERM|taken for dead|press send|forgets|leave while/ },
      signal: new AbortController().signal,
      say: () => {},
      hear: () => {},
    });
    expect(failures.map(({ seed, violations }) => ({ seed, violations }))).toEqual([]);
    expect(totals).toMatchObject({ duplicates: 0, lost: 0, suppressedWrongly: 0 });
    expect(totals.sends).toBeGreaterThan(0);
  },
  120_000,
);
