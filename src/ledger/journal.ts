/**
 * A worker's journal: which copies passed its gate, and what came of each. It is a plain file, written without fsync:
 * it outlives the process, not the machine. After kill -9 it tells of copies whose reply had come and was not settled
 * yet; and it keeps the full replies and queue ids, for which rows have no room.
 *
 * One line of JSON each. A line cut short by the end of the process is the last one, and is left out.
 */
import { closeSync, createReadStream, mkdirSync, openSync, writeSync } from 'node:fs';
import { open, readdir, rm, stat } from 'node:fs/promises';
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
export interface JournalIntent extends JournalPlace {
  /** When the gate was passed, by Redis' time; milliseconds since the epoch. */
  readonly at: number;
  /** How many writes of this worker Redis had acknowledged. */
  readonly position: number;
}

/** What came of it. */
export interface JournalOutcome extends JournalPlace {
  readonly settlement: Settlement;
  /** The relay's whole reply; empty when there was none. */
  readonly reply: string;
  /** Empty when the reply shows none. */
  readonly queueId: string;
}

export interface Journal {
  /** Its name, and that of the worker in the ledger. */
  readonly worker: string;
  /** Returns once the lines are the operating system's. @throws when they cannot be written */
  append(entries: readonly JournalEntry[]): void;
  /**
   * @param position when everything in it is settled: how many writes of the worker Redis had acknowledged. Nobody need
   *   read it then to settle anything
   */
  close(position?: number): void;
}

/** The first line. */
interface JournalHeader {
  readonly store: string;
}

/** The last line, when its worker ended in good order. */
interface JournalFooter {
  readonly closedAt: number;
}

const ending = '.journal';

/**
 * Written synchronously: a line is some microseconds, and nothing may go out between an intent and its dot.
 * @param folder made if need be; every process writes a file of its own there
 * @param store the store it belongs to: its first line says so
 */
export function openJournal(folder: string, store: string): Journal {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const worker = `${Date.now().toString(36)}-${randomId(4)}`;
  const file = openSync(join(folder, `${worker}${ending}`), 'ax', 0o600);
  let isCutShort = false;
  const write = (lines: readonly object[]): void => {
    // A line that was cut short, by a full disk say, must not spoil the one after it.
    const text = `${isCutShort ? '\n' : ''}${lines.map((line) => `${JSON.stringify(line)}\n`).join('')}`;
    const bytes = Buffer.from(text);
    isCutShort = true;
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    isCutShort = false;
  };
  write([{ store } satisfies JournalHeader]);
  return {
    worker,
    append: write,
    close: (position) => {
      if (position !== undefined) write([{ closedAt: position } satisfies JournalFooter]);
      closeSync(file);
    },
  };
}

/** Every outcome that the journals of a folder hold, file by file, oldest first. No folder: none. */
export async function* readOutcomes(folder: string): AsyncGenerator<JournalOutcome> {
  for (const { entries } of await listJournals(folder)) {
    for await (const entry of entries()) if (isOutcome(entry)) yield entry;
  }
}

export type JournalEntry = JournalIntent | JournalOutcome;

export function isOutcome(entry: JournalEntry): entry is JournalOutcome {
  return 'settlement' in entry;
}

export interface StoredJournal {
  readonly worker: string;
  /** The store it belongs to; empty when its first line was cut short. */
  readonly store: string;
  /** How many writes Redis had acknowledged when its worker ended in good order; absent when it did not. */
  readonly closedAt?: number;
  /** Of the file, in octets: it grows with every line. */
  readonly size: number;
  /** What it holds, in the order in which it was written. */
  entries(): AsyncGenerator<JournalEntry>;
}

/** The journals of a folder, oldest first. No folder: none. */
export async function listJournals(folder: string): Promise<StoredJournal[]> {
  const journals: StoredJournal[] = [];
  for (const name of await journalNames(folder)) {
    const path = join(folder, name);
    for await (const line of parsedLines(path)) {
      const store = 'store' in line ? line.store : '';
      const worker = name.slice(0, -ending.length);
      journals.push({ worker, store, ...(await readEnd(path)), entries: () => entriesOf(path) });
      break;
    }
  }
  return journals;
}

/** Longer than any last line of a journal that was closed. */
const footerBytes = 64;

async function readEnd(path: string): Promise<Partial<JournalFooter> & { readonly size: number }> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read({
      buffer: Buffer.alloc(footerBytes),
      position: Math.max(0, size - footerBytes),
    });
    const last = /\n(\{"closedAt":\d+\})\n$/.exec(buffer.toString('latin1', 0, bytesRead))?.[1];
    return { size, ...(last === undefined ? {} : (JSON.parse(last) as JournalFooter)) };
  } finally {
    await file.close();
  }
}

async function* entriesOf(path: string): AsyncGenerator<JournalEntry> {
  for await (const line of parsedLines(path)) if ('sid' in line) yield line;
}

async function* parsedLines(path: string): AsyncGenerator<JournalLine> {
  const input = createReadStream(path);
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const parsed = parseLine(line);
      if (parsed !== null) yield parsed;
    }
  } finally {
    // Who reads only the first line leaves the rest.
    input.destroy();
  }
}

type JournalLine = JournalHeader | JournalEntry | JournalFooter;

/** @returns null for a line that was cut short: when its process ended, or by a full disk */
function parseLine(line: string): JournalLine | null {
  if (!line.endsWith('}')) return null;
  try {
    return JSON.parse(line) as JournalLine;
  } catch {
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

/**
 * Removes journals that nobody has written to since then.
 * @param before milliseconds since the epoch
 * @param living workers whose journals stay, however long they have had nothing to write
 * @returns whose they were
 */
export async function removeOldJournals(
  folder: string,
  before: number,
  living: readonly string[],
): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await journalNames(folder)) {
    const path = join(folder, name);
    const worker = name.slice(0, -ending.length);
    if (living.includes(worker) || (await stat(path)).mtimeMs >= before) continue;
    await rm(path, { force: true });
    removed.push(worker);
  }
  return removed;
}
