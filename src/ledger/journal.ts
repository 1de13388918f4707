/**
 * A worker's journal: what came of each copy that passed its gate. It is a plain file, written without fsync: it
 * outlives the process, not the machine. After kill -9 it tells of copies whose reply had come and was not settled yet;
 * and it keeps the full replies and queue ids, for which rows have no room.
 *
 * One line of JSON each. A line cut short by the end of the process is the last one, and is left out.
 */
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { randomId } from '../core/ids.ts';
import type { Settlement } from './claims.ts';

export interface JournalOutcome {
  readonly issue: string;
  readonly page: number;
  readonly index: number;
  readonly sid: number;
  /** Of the claim it was sent under: with another fence the row has gone on since. */
  readonly fence: number;
  readonly settlement: Settlement;
  /** The relay's whole reply; empty when there was none. */
  readonly reply: string;
  /** Empty when the reply shows none. */
  readonly queueId: string;
}

export interface Journal {
  /** Resolves once the outcome is on file. @throws when it cannot be written */
  conclude(outcome: JournalOutcome): Promise<void>;
  close(): Promise<void>;
}

const ending = '.journal';

/** @param folder made if need be; every process writes a file of its own there */
export async function openJournal(folder: string): Promise<Journal> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = await open(join(folder, `${Date.now().toString(36)}-${randomId(4)}${ending}`), 'ax', 0o600);
  const append = createAppender(file);
  return {
    conclude: append,
    close: async () => {
      await append.drained();
      await file.close();
    },
  };
}

type Appender = ((outcome: JournalOutcome) => Promise<void>) & { drained(): Promise<void> };

/** Lines that come while one write is under way go together in the next: one system call for all connections. */
function createAppender(file: FileHandle): Appender {
  let waiting: string[] = [];
  let writing: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const writeWaiting = async (): Promise<void> => {
    const text = waiting.join('');
    waiting = [];
    next = null;
    writing = file.write(text).then(() => {});
    try {
      await writing;
    } finally {
      writing = null;
    }
  };
  const append = (outcome: JournalOutcome): Promise<void> => {
    waiting.push(`${JSON.stringify(outcome)}\n`);
    next ??= (writing ?? Promise.resolve()).then(writeWaiting, writeWaiting);
    return next;
  };
  return Object.assign(append, {
    drained: async () => {
      while (next ?? writing) await (next ?? writing)?.catch(() => {});
    },
  });
}

/** Every outcome that the journals of a folder hold, file by file, oldest first. No folder: none. */
export async function* readOutcomes(folder: string): AsyncGenerator<JournalOutcome> {
  for (const name of await journalNames(folder)) {
    const lines = createInterface({
      input: createReadStream(join(folder, name)),
      crlfDelay: Number.POSITIVE_INFINITY,
    });
    for await (const line of lines) {
      const outcome = parseOutcome(line);
      if (outcome) yield outcome;
    }
  }
}

function parseOutcome(line: string): JournalOutcome | null {
  if (!line.endsWith('}')) return null;
  try {
    return JSON.parse(line) as JournalOutcome;
  } catch {
    // Cut short when its process ended.
    return null;
  }
}

async function journalNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(ending)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Removes journals that nobody has written to since then. @param before milliseconds since the epoch */
export async function removeOldJournals(folder: string, before: number): Promise<void> {
  for (const name of await journalNames(folder)) {
    const path = join(folder, name);
    if ((await stat(path)).mtimeMs < before) await rm(path, { force: true });
  }
}
