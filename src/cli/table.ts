/** Tables for people on a terminal: columns as wide as they need to be, a Han character counting two. */
import { columnsOf } from '../render/columns.ts';

/**
 * @param head column titles; those that begin with `>` are aligned right
 * @returns lines without trailing blanks; empty when there are no rows
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const isRight = head.map((title) => title.startsWith('>'));
  const titles = head.map((title) => title.replace(/^>/, ''));
  const widths = titles.map((title, column) =>
    [title, ...rows.map((row) => row[column] ?? '')].reduce(
      (wide, cell) => Math.max(wide, columnsOf(cell)),
      0,
    ),
  );
  const line = (cells: readonly string[]) =>
    widths
      .map((width, column) => {
        const cell = cells[column] ?? '';
        const blanks = ' '.repeat(width - columnsOf(cell));
        return isRight[column] ? blanks + cell : cell + blanks;
      })
      .join('  ')
      .trimEnd();
  return [titles, ...rows].map(line).join('\n');
}
