/**
 * The log of departures: who left a newsletter, paused, was suppressed or forgotten, and who came back; one file of the
 * data folder. Redis keeps all that as well. The log is for the day on which Redis has forgotten it: restored from a
 * backup, or failed over to a copy that had fallen behind. A line is on disk before the change is made. It holds no addresses: whose line it is tells the keyed hash
 * by which suppressions are found.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { appendLines, parseLines } from '../src/core/durable-lines.ts';
import type { Logger } from '../src/core/log.ts';
import type { SubscriberRecord } from './record.ts';
import type { Suppression } from './suppression.ts';

/** What it says of a suppression: neither address nor evidence, which may quote the address. */
export type LoggedSuppression = Omit<Suppression, 'address' | 'evidence'>;

/** One line: what changed of one address. */
export interface Departure {
  /** ISO 8601, not before the change was decided. */
  readonly at: string;
  /** See `suppressionIdOf`. */
  readonly id: string;
  /** Where to look for them first; absent of an address that nobody has. */
  readonly sid?: number;
  /** Newsletter → whether they left it (else: came back). */
  readonly left?: Readonly<Record<string, boolean>>;
  readonly paused?: boolean;
  /** null: lifted. */
  readonly suppression?: LoggedSuppression | null;
}

/** What the log knows of one address, the last word of each kind. */
export interface Departed {
  readonly sid: number | null;
  /** Newsletter → when they left it. */
  readonly left: ReadonlyMap<string, string>;
  /** When they paused; null: they did not, or not any more. */
  readonly paused: string | null;
  readonly suppression: (LoggedSuppression & { readonly at: string }) | null;
}

/** What can depart. */
interface Person {
  readonly record: SubscriberRecord | null;
  readonly suppression: Suppression | null;
}

export interface DepartureLog {
  /** Resolves once they are on disk. When they cannot be written the error log says so: Redis has them all the same. */
  note(departures: readonly Departure[]): Promise<void>;
  /** By id. Who came back since is not among them. @throws the system's errors, not for a log that is missing */
  read(): Promise<ReadonlyMap<string, Departed>>;
}

/** For stores whose people are nobody's but a test's or a demo's. */
export const noDepartureLog: DepartureLog = { note: async () => {}, read: async () => new Map() };

const fileName = 'departures.log';

/** @param folder the data folder; made if need be */
export function createDepartureLog(folder: string, log: Logger): DepartureLog {
  const path = join(folder, fileName);
  return {
    note: async (departures) => {
      if (departures.length === 0) return;
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await appendLines(path, departures);
      } catch (error) {
        const { message: reason } = error as Error;
        log.error({ departures: departures.length, reason }, 'the log of departures cannot be written');
      }
    },
    read: async () => {
      try {
        return departedOf(parseLines<Departure>(await readFile(path, 'utf8')));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
        throw error;
      }
    },
  };
}

/** @returns null when a change is neither a departure nor a return */
export function departureOf(
  { id, sid, at }: Pick<Departure, 'id' | 'at'> & { readonly sid: number | null },
  before: Person,
  after: Person,
): Departure | null {
  const left: Record<string, boolean> = {};
  // What they had left is erased with them, and that they were forgotten says more.
  const memberships = after.record === null ? {} : after.record.memberships;
  for (const newsletter in memberships) {
    const hasLeft = memberships[newsletter]?.state === 'left';
    if (hasLeft !== (before.record?.memberships[newsletter]?.state === 'left')) left[newsletter] = hasLeft;
  }
  const isPaused = after.record?.paused ?? false;
  const changes = {
    ...(Object.keys(left).length === 0 ? {} : { left }),
    ...(isPaused === (before.record?.paused ?? false) ? {} : { paused: isPaused }),
    ...(after.suppression === before.suppression ? {} : { suppression: withoutAddress(after.suppression) }),
  };
  if (Object.keys(changes).length === 0) return null;
  return { at, id, ...(sid === null ? {} : { sid }), ...changes };
}

function withoutAddress(suppression: Suppression | null): LoggedSuppression | null {
  if (suppression === null) return null;
  const { address: _, evidence: __, ...logged } = suppression;
  return logged;
}

function departedOf(lines: readonly Departure[]): Map<string, Departed> {
  const all = new Map<string, { left: Map<string, string> } & Omit<Departed, 'left'>>();
  for (const { id, sid, at, left, paused, suppression } of lines) {
    const known = all.get(id) ?? { sid: null, left: new Map(), paused: null, suppression: null };
    for (const newsletter in left) {
      if (left[newsletter]) known.left.set(newsletter, at);
      else known.left.delete(newsletter);
    }
    all.set(id, {
      sid: sid ?? known.sid,
      left: known.left,
      paused: paused === undefined ? known.paused : paused ? at : null,
      suppression: suppression === undefined ? known.suppression : suppression && { ...suppression, at },
    });
  }
  for (const [id, { left, paused, suppression }] of all) {
    if (left.size === 0 && paused === null && suppression === null) all.delete(id);
  }
  return all;
}
