/**
 * `npm run test:mutants -- [--runs N] [--only TEXT] [--skip N] [--json] [--dist DIR] [--parallel N]`: applies each mutant to a copy of
 * the built product and lets the fault runner at it, until it sees what the mutant breaks or N runs (200) are over. Exits 1 if one survives.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../../src/core/package-root.ts';
import { edited, type Mutant, mutants } from './mutants.ts';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    seed: { type: 'string', default: '21' },
    only: { type: 'string', default: '' },
    skip: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
    dist: { type: 'string', default: join(import.meta.dirname, '..', '..') },
    // So many mutants at once, each on two rigs.
    parallel: { type: 'string', default: '2' },
  },
});

interface Outcome {
  readonly mutant: string;
  readonly caught: boolean;
  readonly afterRuns: number;
  /** The first violation that shows what the mutant breaks. */
  readonly by: string;
}

/** What the fault runner prints. */
interface Told {
  readonly runs: number;
  readonly failures: readonly { readonly violations: readonly string[] }[];
}

// Inside node_modules, so that the copy finds the libraries.
const cache = join(packageRoot(), 'node_modules', '.cache');
mkdirSync(cache, { recursive: true });

function applyTo(folder: string, { edits }: Mutant): void {
  for (const edit of edits) {
    const path = join(folder, edit.file);
    writeFileSync(path, edited(readFileSync(path, 'utf8'), edit));
  }
}

async function hunt(mutant: Mutant): Promise<Outcome> {
  const folder = mkdtempSync(join(cache, 'paperboy-mutant-'));
  try {
    for (const part of ['src', 'subscribers', 'workers']) {
      cpSync(join(options.dist, part), join(folder, part), { recursive: true });
    }
    applyTo(folder, mutant);
    const args = ['--dist', folder, '--runs', options.runs, '--seed', options.seed, '--parallel', '2'];
    const runner = join(import.meta.dirname, 'runner.js');
    if (mutant.lean !== undefined) args.push('--lean', mutant.lean);
    const child = spawn(process.execPath, [runner, ...args, '--until', mutant.shows, '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    hunting.add(child);
    child.once('close', () => hunting.delete(child));
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = `${stderr}${chunk}`.slice(-2_000);
    });
    await once(child, 'close');
    if (stdout === '' && !isStopped) throw new Error(`the fault runner broke off:\n${stderr}`);
    const { runs = 0, failures = [] } = stdout === '' ? {} : (JSON.parse(stdout) as Partial<Told>);
    const violations = failures.flatMap((failure) => failure.violations);
    const by = violations.find((each) => new RegExp(mutant.shows).test(each));
    return { mutant: mutant.name, caught: by !== undefined, afterRuns: runs, by: by ?? '' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const outcomes: Outcome[] = [];
const hunting = new Set<ChildProcess>();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    isStopped = true;
    for (const child of hunting) child.kill(signal);
  });
}

let isStopped = false;
const waiting = mutants.filter(({ name }) => name.includes(options.only)).slice(Number(options.skip));

async function lane(): Promise<void> {
  for (let mutant = waiting.shift(); mutant && !isStopped; mutant = waiting.shift()) {
    const outcome = await hunt(mutant);
    outcomes.push(outcome);
    const verdict = outcome.caught
      ? `caught after ${outcome.afterRuns}`
      : `SURVIVED ${outcome.afterRuns} runs`;
    process.stderr.write(`${mutant.name}: ${verdict}  ${outcome.by.slice(0, 120)}\n`);
  }
}

await Promise.all(Array.from({ length: Number(options.parallel) }, lane));
if (options.json) process.stdout.write(`${JSON.stringify(outcomes)}\n`);
else {
  for (const { mutant, caught, afterRuns } of outcomes) {
    process.stdout.write(`${caught ? 'caught  ' : 'SURVIVED'} ${String(afterRuns).padStart(4)}  ${mutant}\n`);
  }
}
// Left to end by itself, so that all of it is written where stdout is a pipe.
process.exitCode = !isStopped && outcomes.every(({ caught }) => caught) ? 0 : 1;
