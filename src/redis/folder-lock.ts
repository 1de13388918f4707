/** A lock on a data folder between processes, which the death of its holder releases. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PaperboyError } from '../core/errors.ts';
import { randomId } from '../core/ids.ts';
import { linkOnce } from '../core/link-once.ts';
import { isRunning, markOf } from './process-mark.ts';

/**
 * Does the work while no other process, and nothing else in this one, does work under the lock of the same folder.
 * @param waitMs how long to wait for the present holder; longer than a private Redis may take to start
 * @throws PaperboyError `data-folder-busy`
 */
export async function withFolderLock<T>(
  dataDir: string,
  work: () => Promise<T>,
  waitMs = 90_000,
): Promise<T> {
  const folder = join(dataDir, 'lock');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const held = await acquire(folder, waitMs);
  try {
    return await work();
  } finally {
    // An empty file is a lock that nobody holds; none at all, when the whole folder was removed, is no lock either.
    if (existsSync(held)) truncateSync(held);
  }
}

/**
 * The lock is the file with the highest number; to take it over from a dead holder, or a free one, is to make the next
 * number. Removing a dead holder's file instead would let two waiters remove each other's.
 */
async function acquire(folder: string, waitMs: number): Promise<string> {
  const deadline = performance.now() + waitMs;
  const draft = join(folder, `draft-${randomId()}`);
  writeFileSync(draft, JSON.stringify({ pid: process.pid, mark: markOf(process.pid) }));
  try {
    for (;;) {
      const newest = numbers(folder).at(-1) ?? 0;
      const holder = newest === 0 ? null : holderOf(join(folder, String(newest)));
      if (holder === null) {
        const next = join(folder, String(newest + 1));
        if (linkOnce(draft, next) && isNewest(folder, newest + 1)) return next;
      } else if (performance.now() > deadline) {
        throw busy(folder, holder.pid);
      } else {
        await delay(pollMs);
      }
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

const pollMs = 20;

interface Holder {
  readonly pid: number;
  readonly mark: string;
}

/** Null when it is free, its holder is dead, or a later number has made it obsolete. */
function holderOf(path: string): Holder | null {
  try {
    const text = readFileSync(path, 'utf8');
    if (text === '') return null;
    const holder = JSON.parse(text) as Holder;
    return isRunning(holder.pid, holder.mark) ? holder : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Whoever was slow may have made a number that others have long passed: then it gives it up. */
function isNewest(folder: string, number: number): boolean {
  const all = numbers(folder);
  if (all.at(-1) !== number) {
    rmSync(join(folder, String(number)), { force: true });
    return false;
  }
  for (const older of all) if (older < number) rmSync(join(folder, String(older)), { force: true });
  return true;
}

function numbers(folder: string): number[] {
  return readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

function busy(folder: string, pid: number): PaperboyError {
  return new PaperboyError('data-folder-busy', `process ${pid} has held the lock ${folder} for too long`, {
    hint: `see what process ${pid} is doing; when it has ended, try again`,
  });
}
