import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withFolderLock } from '../../src/redis/folder-lock.ts';
import { isRunning, markOf } from '../../src/redis/process-mark.ts';
import { type TsProgram, tsProgram } from '../helpers/ts-process.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'paperboy-lock-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

/** Takes the lock, says so, and holds it until it is told to go on, if ever. */
let holder: TsProgram;
/** Adds one to a number in a file, many times, each time under the lock. */
let counter: TsProgram;
beforeAll(async () => {
  holder = await tsProgram(`
    import { withFolderLock } from './src/redis/folder-lock.ts';
    await withFolderLock(process.argv[2], async () => {
      console.log('held');
      await new Promise((resolve) => process.stdin.once('data', resolve));
    });
    console.log('released');
    process.exit();`);
  counter = await tsProgram(`
    import { existsSync, readFileSync, writeFileSync } from 'node:fs';
    import { setImmediate } from 'node:timers/promises';
    import { withFolderLock } from './src/redis/folder-lock.ts';
    const path = process.argv[2] + '/count';
    for (let i = 0; i < 25; i++) {
      await withFolderLock(process.argv[2], async () => {
        const count = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
        await setImmediate();
        writeFileSync(path, String(count + 1));
      });
    }
    console.log('done');`);
});
afterAll(async () => {
  await holder.remove();
  await counter.remove();
});

describe('the lock of a data folder', () => {
  it('lets one process in at a time', async () => {
    const processes = Array.from({ length: 4 }, () => counter.start([dataDir]));
    await Promise.all(processes.map((one) => one.line()));
    expect(readFileSync(join(dataDir, 'count'), 'utf8')).toBe('100');
    expect(readdirSync(join(dataDir, 'lock'))).toHaveLength(1);
  });

  it('lets one caller of a process in at a time', async () => {
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 5 }, () =>
        withFolderLock(dataDir, async () => {
          most = Math.max(most, ++inside);
          await new Promise(setImmediate);
          inside--;
        }),
      ),
    );
    expect(most).toBe(1);
  });

  it('is waited for, and says by whom it is held when the wait is too long', async () => {
    const other = holder.start([dataDir]);
    expect(await other.line()).toBe('held');
    await expect(withFolderLock(dataDir, async () => {}, 50)).rejects.toMatchObject({
      code: 'data-folder-busy',
      exitStatus: 69,
      message: expect.stringContaining(`process ${other.child.pid} `),
    });
    const waiting = withFolderLock(dataDir, async () => 'mine');
    other.say('go');
    expect(await waiting).toBe('mine');
    expect(await other.line()).toBe('released');
  });

  it('is taken over from a dead holder, by one of those who wait', async () => {
    const other = holder.start([dataDir]);
    expect(await other.line()).toBe('held');
    let inside = 0;
    let most = 0;
    const waiting = Array.from({ length: 5 }, () =>
      withFolderLock(dataDir, async () => {
        most = Math.max(most, ++inside);
        await new Promise(setImmediate);
        inside--;
      }),
    );
    await other.end('SIGKILL');
    await Promise.all(waiting);
    expect(most).toBe(1);
  });

  it('is released by work that fails', async () => {
    await expect(withFolderLock(dataDir, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withFolderLock(dataDir, async () => 1)).toBe(1);
  });

  it('is not held by a process that merely bears the id of a dead one', async () => {
    mkdirSync(join(dataDir, 'lock'));
    writeFileSync(join(dataDir, 'lock', '7'), JSON.stringify({ pid: process.pid, mark: 'long ago' }));
    expect(await withFolderLock(dataDir, async () => 1, 50)).toBe(1);
  });
});

describe('the mark of a process', () => {
  it('is the same as long as it lives, and null when it has ended', async () => {
    const other = holder.start([dataDir]);
    const pid = other.child.pid!;
    await other.line();
    const mark = markOf(pid);
    expect(mark).not.toBeNull();
    expect(markOf(pid)).toBe(mark);
    expect(isRunning(pid, mark!)).toBe(true);
    expect(isRunning(pid, 'another')).toBe(false);
    await other.end('SIGKILL');
    expect(markOf(pid)).toBeNull();
    expect(isRunning(pid)).toBe(false);
  });

  it('is null for no process at all', () => {
    expect([markOf(0), markOf(-1), markOf(2 ** 30)]).toEqual([null, null, null]);
  });
});
