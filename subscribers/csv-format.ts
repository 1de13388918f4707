/** What import and export agree on: the columns, the words of a list, and how a cell is kept from being a formula. */

/** `email` is required; the others may be missing, and come in any order. */
export const importColumns = [
  'email',
  'name',
  'newsletters',
  'topics',
  'frequency',
  'language',
  'timezone',
  'hour',
  'format',
] as const;

/**
 * What an export adds. An import looks at `state` only to keep paused who was paused and suppressed who was
 * suppressed; a sid is given anew.
 */
export const exportColumns = [...importColumns, 'state', 'sid'] as const;
export type Column = (typeof exportColumns)[number];

/** Topics or newsletters: every one there is. */
export const allWord = 'all';
/** Topics or newsletters: not a single one, which an empty cell would not say: it means the default. */
export const noneWord = 'none';

export function joinList(ids: readonly string[]): string {
  return ids.length === 0 ? noneWord : ids.join('|');
}

/**
 * Spreadsheets run a cell that begins with one of these (CWE-1236); an apostrophe in front makes it text. Cells that
 * begin so with apostrophes already get one more, so that taking one away gives back what was.
 */
export function neutralise(cell: string): string {
  return wouldRun.test(cell) ? `'${cell}` : cell;
}

/** The reverse of `neutralise`. */
export function restore(cell: string): string {
  return cell.startsWith("'") && wouldRun.test(cell) ? cell.slice(1) : cell;
}

const wouldRun = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
