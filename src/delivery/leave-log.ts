/**
 * Leaving while Redis is away: the wish is on disk before the reader is told "done", and is carried out as soon as Redis
 * is back, before anything is claimed on this data folder. One line of JSON each, written with fsync.
 */
import { readdirSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SubscriberStore } from '../../subscribers/store.ts';
import { appendLines, parseLines } from '../core/durable-lines.ts';
import { PaperboyError } from '../core/errors.ts';
import { randomId } from '../core/ids.ts';

export interface Leave {
  readonly sid: number;
  readonly newsletter: string;
  /** ISO 8601: when the reader asked. */
  readonly at: string;
}

export interface LeaveLog {
  /** Resolves once it is on disk. @throws when it cannot be written: then nobody may be told that it is done */
  note(leave: Leave): Promise<void>;
  /** Carries out what is noted. @returns how many leaves. @throws when Redis is (still) away; nothing is lost then */
  apply(): Promise<number>;
  /** Whether anything is noted that has not been carried out to its end, by whichever process. */
  isPending(): boolean;
}

const current = 'leaves.log';

/** @param folder the data folder; made if need be */
export function createLeaveLog(
  folder: string,
  subscribers: Pick<SubscriberStore, 'get' | 'leave'>,
): LeaveLog {
  let applying: Promise<number> | null = null;
  return {
    note: async (leave) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const path = join(folder, current);
      // A log that was taken to be carried out meanwhile: whoever did may not have seen the line.
      while ((await appendLines(path, [leave])) !== (await inodeOf(path)));
    },
    apply: () => {
      applying ??= applyAll(folder, subscribers).finally(() => {
        applying = null;
      });
      return applying;
    },
    isPending: () => {
      try {
        return readdirSync(folder).some((name) => name === current || isTaken(name));
      } catch (error) {
        unlessMissing(error);
        return false;
      }
    },
  };
}

async function inodeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).ino;
  } catch (error) {
    unlessMissing(error);
    return null;
  }
}

/** A log that is being carried out has a name of its own, so that leaves noted meanwhile are not lost with it. */
async function applyAll(
  folder: string,
  subscribers: Pick<SubscriberStore, 'get' | 'leave'>,
): Promise<number> {
  const taken = join(folder, `leaves-${randomId(4)}.taken`);
  await rename(join(folder, current), taken).catch(unlessMissing);
  let count = 0;
  for (const name of await takenLogs(folder)) {
    const path = join(folder, name);
    for (const leave of parseLines<Leave>(await readUnlessGone(path))) {
      await carryOut(subscribers, leave);
      count++;
    }
    await rm(path, { force: true });
  }
  return count;
}

async function takenLogs(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter(isTaken);
  } catch (error) {
    unlessMissing(error);
    return [];
  }
}

/** Processes that start together carry out the same logs; who removes one has carried it out to its end. */
async function readUnlessGone(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    unlessMissing(error);
    return '';
  }
}

function isTaken(name: string): boolean {
  return name.startsWith('leaves-') && name.endsWith('.taken');
}

function unlessMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

async function carryOut(
  subscribers: Pick<SubscriberStore, 'get' | 'leave'>,
  { sid, newsletter, at }: Leave,
): Promise<void> {
  const membership = (await subscribers.get(sid))?.memberships[newsletter];
  // They changed their mind since.
  if (membership?.state === 'subscribed' && membership.since > at) return;
  try {
    await subscribers.leave(sid, newsletter);
  } catch (error) {
    // Forgotten meanwhile: that is leaving, too.
    if (!(error instanceof PaperboyError) || error.code !== 'subscriber-unknown') throw error;
  }
}
