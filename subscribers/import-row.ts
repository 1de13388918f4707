/** One row of an import as an input of the store, or why it is rejected. */
import { toPaperboyError } from '../src/core/errors.ts';
import { parseAddress } from './address.ts';
import { stateByConsent } from './changes.ts';
import { allWord, type Column, noneWord, restore } from './csv-format.ts';
import { isTimezone } from './preference-rules.ts';
import { formats, frequencies, languages, type Preferences, type TopicChoice } from './preferences.ts';
import type { SubscriberState } from './subscriber.ts';
import type { UpsertInput } from './upsertion.ts';

/** Column → cell as written; a column that the file does not have is left out. */
export type Cells = Readonly<Partial<Record<Column, string>>>;

export interface RowContext {
  /** Ids that a row may name. */
  readonly topics: readonly string[];
  readonly newsletters: readonly string[];
  /** By newsletter id: what an empty cell of a newcomer means; the first newsletter of the row decides. */
  readonly defaults: Readonly<Record<string, Partial<Preferences>>>;
  /** Rows become active with it, else pending. */
  readonly consent?: string | undefined;
}

export type Row = { readonly input: UpsertInput } | { readonly address: string; readonly reason: string };

export function readRow(cells: Cells, context: RowContext): Row {
  const cell = (column: Column) => restore((cells[column] ?? '').trim());
  try {
    const address = restore((cells.email ?? '').replace(/^[ \t]+|[ \t]+$/g, ''));
    parseAddress(address);
    const memberships = readNewsletters(cell('newsletters'), context.newsletters);
    const [first = context.newsletters[0]] = memberships ?? [];
    const name = cell('name');
    return {
      input: {
        address,
        state: readState(cell('state'), context.consent),
        consent: context.consent ?? null,
        ...(name !== '' && { name }),
        ...(memberships && { memberships }),
        ...readPreferences(cell, context.topics),
        defaults: (first && context.defaults[first]) || {},
      },
    };
  } catch (error) {
    const reason = error instanceof Fault ? error.message : toPaperboyError(error).message;
    return rejectedRow(cells, reason);
  }
}

export function rejectedRow(cells: Cells, reason: string): Row {
  return { address: (cells.email ?? '').slice(0, 320), reason };
}

/** A cell that says something unlawful. */
class Fault extends Error {}

function readNewsletters(cell: string, known: readonly string[]): readonly string[] | undefined {
  if (cell === '') return undefined;
  const ids = readList(cell, known, 'newsletter');
  return ids === 'all' ? known : ids;
}

function readPreferences(cell: (column: Column) => string, topics: readonly string[]): Partial<Preferences> {
  const topicsCell = cell('topics');
  const frequency = oneOf(cell('frequency'), frequencies, 'frequency');
  const format = oneOf(cell('format'), formats, 'format');
  const language = oneOf(cell('language'), languages, 'language');
  const timezone = cell('timezone');
  if (timezone !== '' && !isTimezone(timezone)) throw new Fault(`time zone ${quote(timezone)} is unknown`);
  const hour = readHour(cell('hour'));
  return {
    ...(topicsCell !== '' && { topics: readList(topicsCell, topics, 'topic') }),
    ...(frequency && { frequency }),
    ...(format && { format }),
    ...(language && { language }),
    ...(timezone !== '' && { timezone }),
    ...(hour !== undefined && { hour }),
  };
}

function readList(cell: string, known: readonly string[], what: string): TopicChoice {
  const ids = cell.split('|').flatMap((id) => id.trim().toLowerCase() || []);
  const unknown = ids.find((id) => id !== allWord && id !== noneWord && !known.includes(id));
  if (unknown !== undefined)
    throw new Fault(`${what} ${quote(unknown)} is unknown; known: ${known.join(', ')}`);
  if (ids.length === 0) throw new Fault(`${quote(cell)} names no ${what}`);
  if (ids.includes(allWord)) return 'all';
  return [...new Set(ids)].filter((id) => id !== noneWord);
}

function readHour(cell: string): number | undefined {
  if (cell === '') return undefined;
  if (!/^\d{1,2}$/.test(cell) || Number(cell) > 23) throw new Fault(`hour ${quote(cell)} is not 0 to 23`);
  return Number(cell);
}

function readState(cell: string, consent: string | undefined): SubscriberState {
  const state = oneOf(cell, ['pending', 'active', 'paused', 'suppressed'] as const, 'state');
  if (state === 'paused' || state === 'suppressed') return state;
  return stateByConsent(consent);
}

function oneOf<T extends string>(cell: string, lawful: readonly T[], what: string): T | undefined {
  if (cell === '') return undefined;
  const found = lawful.find((value) => value === cell.toLowerCase());
  if (found === undefined) throw new Fault(`${what} ${quote(cell)} is unknown; known: ${lawful.join(', ')}`);
  return found;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text);
}
