/**
 * A worker's journal: which copies passed its gate, and what came of each. It is a plain file, written without fsync:
 * it outlives the process, not the machine. After kill -9 it tells of copies whose reply had come and was not settled
 * yet; and it keeps the full replies and queue ids, for which rows have no room.
 *
 * One line of JSON each. A line cut short by the end of the process is the last one, and is left out.
 */
import { closeSync, createReadStream, mkdirSync, openSync, writeSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { randomId } from '../core/ids.ts';
import type { Settlement } from './passage.ts';

/** Which copy a line is about. */
export interface JournalPlace {
  readonly issue: string;
  readonly page: number;
  readonly index: number;
  readonly sid: number;
  /** Of the claim it was sent under: with another fence the row has gone on since. */
  readonly fence: number;
}

/** What a worker was about to do: the gate had said yes, and the dot was not written yet. */
export type JournalIntent = JournalPlace;

/** What came of it. */
export interface JournalOutcome extends JournalPlace {
  readonly settlement: Settlement;
  /** The relay's whole reply; empty when there was none. */
  readonly reply: string;
  /** Empty when the reply shows none. */
  readonly queueId: string;
}

export interface Journal {
  /** Returns once the lines are the operating system's. @throws when they cannot be written */
  append(entries: readonly (JournalIntent | JournalOutcome)[]): void;
  close(): void;
}

const ending = '.journal';

/**
 * Written synchronously: a line is some microseconds, and nothing may go out between an intent and its dot.
 * @param folder made if need be; every process writes a file of its own there
 */
export function openJournal(folder: string): Journal {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = openSync(join(folder, `${Date.now().toString(36)}-${randomId(4)}${ending}`), 'ax', 0o600);
  let isCutShort = false;
  return {
    append: (entries) => {
      // A line that was cut short, by a full disk say, must not spoil the one after it.
      const text = `${isCutShort ? '\n' : ''}${entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')}`;
      const bytes = Buffer.from(text);
      isCutShort = true;
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      isCutShort = false;
    },
    close: () => closeSync(file),
  };
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
    const entry = JSON.parse(line) as JournalIntent | JournalOutcome;
    return 'settlement' in entry ? entry : null;
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
