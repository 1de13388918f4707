/** Real processes: a small program that works, or does not, as its order says. */
import { writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Logger, silentLogger } from '../../src/core/log.ts';
import { isRunning } from '../../src/redis/process-mark.ts';
import { type Supervisor, startSupervisor } from '../../src/supervisor/supervisor.ts';
import { type TsProgram, tsProgram } from '../helpers/ts-process.ts';

let worker: TsProgram;
let program: string;

/** Leaves a file in its folder when it has begun, and another when it has ended in good order. */
const source = `
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PaperboyError } from './src/core/errors.ts';
import { runSupervised } from './src/supervisor/run-supervised.ts';
await runSupervised(async ({ folder, mode }) => {
  if (existsSync(join(folder, 'broken'))) throw new PaperboyError('dkim-invalid', 'the key is gone', { hint: 'make one' });
  if (mode === 'crash') process.exit(7);
  writeFileSync(join(folder, 'begun-' + process.pid), '');
  return { close: async () => writeFileSync(join(folder, 'ended-' + process.pid), '') };
});`;

let folder: string;
let supervisor: Supervisor | null;
let said: { readonly message: string; readonly fields: object }[];
const log: Logger = {
  ...silentLogger,
  warn: (fields, message) => said.push({ fields, message }),
  error: (fields, message) => said.push({ fields, message }),
};

beforeAll(async () => {
  worker = await tsProgram(source);
  program = worker.file;
});
afterAll(() => worker.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperboy-supervised-'));
  supervisor = null;
  said = [];
});
afterEach(async () => {
  await supervisor?.close();
  await rm(folder, { recursive: true, force: true });
});

async function start(processes: number, mode = 'work'): Promise<Supervisor> {
  supervisor = startSupervisor({ program, processes, log });
  await supervisor.begin({ folder, mode });
  return supervisor;
}

async function marks(kind: 'begun' | 'ended'): Promise<number[]> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(kind));
  return names.map((name) => Number(name.slice(kind.length + 1))).sort();
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a supervisor', () => {
  it('has begun when all of its processes work, and has ended when all have drained', async () => {
    const two = await start(2);
    const pids = [...two.pids()].sort();
    expect(pids).toHaveLength(2);
    expect(await marks('begun')).toEqual(pids);
    await two.close();
    expect(await marks('ended')).toEqual(pids);
    expect(two.pids()).toEqual([]);
  });

  it('replaces a process that was killed, again and again, and says so', async () => {
    const one = await start(1);
    for (let kill = 1; kill <= 3; kill++) {
      const [pid = 0] = one.pids();
      process.kill(pid, 'SIGKILL');
      await until(() => said.length === 2 * kill);
      expect(said[2 * kill - 2]?.fields).toMatchObject({ pid, ended: 'SIGKILL' });
      expect(said[2 * kill - 1]?.fields).toMatchObject({ pid: one.pids()[0] });
    }
    expect(await marks('begun')).toHaveLength(4);
  });

  it('replaces also one that ended in good order unasked', async () => {
    const one = await start(1);
    const [pid = 0] = one.pids();
    process.kill(pid, 'SIGTERM');
    await until(() => said.length === 2);
    expect(await marks('ended')).toEqual([pid]);
  });

  it('tells why its processes can not begin, and leaves none', async () => {
    writeFileSync(join(folder, 'broken'), '');
    supervisor = startSupervisor({ program, processes: 2, log });
    const begun = supervisor.begin({ folder, mode: 'work' });
    await expect(begun).rejects.toMatchObject({ code: 'dkim-invalid', hint: 'make one', exitStatus: 78 });
    expect(supervisor.pids()).toEqual([]);
  });

  it('tells of a process that ends before it worked', async () => {
    await expect(start(1, 'crash')).rejects.toThrow('ended (7) before it worked');
  });

  it('gives up when a replacement fails with what only a person can change', async () => {
    const one = await start(1);
    writeFileSync(join(folder, 'broken'), '');
    process.kill(one.pids()[0] ?? 0, 'SIGKILL');
    expect(await one.failure).toMatchObject({ code: 'dkim-invalid' });
    await until(() => one.pids().length === 0);
  });

  it('kills a process that does not end', async () => {
    const one = startSupervisor({ program, processes: 1, log, drainMs: 200 });
    await one.begin({ folder, mode: 'work' });
    const [pid = 0] = one.pids();
    process.kill(pid, 'SIGSTOP');
    await one.close();
    expect(isRunning(pid)).toBe(false);
  });

  describe('that is killed itself', () => {
    let parent: TsProgram;
    beforeAll(async () => {
      parent = await tsProgram(`
        import { silentLogger } from './src/core/log.ts';
        import { startSupervisor } from './src/supervisor/supervisor.ts';
        const [, , program, folder] = process.argv;
        const two = startSupervisor({ program, processes: 2, log: silentLogger });
        await two.begin({ folder, mode: 'work' });
        console.log(JSON.stringify(two.pids()));`);
    });
    afterAll(() => parent.remove());

    it('leaves no process: each notices, and ends in good order', async () => {
      const one = parent.start([program, folder]);
      const pids = JSON.parse(await one.line()) as number[];
      await one.end('SIGKILL');
      await until(() => pids.every((pid) => !isRunning(pid)));
      expect(await marks('ended')).toEqual([...pids].sort());
    });
  });
});
