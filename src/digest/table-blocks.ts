/** Tables of a Markdown file: rows between bars, or rows whose cells are parted by tabs. */
import type { SourceLine } from './source-lines.ts';

export interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

export interface TableBlock {
  readonly kind: 'table';
  /** Line 0 and empty cells for a table without a head. */
  readonly header: Row;
  readonly rows: readonly Row[];
}

/** The table that begins on the line, and the line after it; undefined where none begins. */
export function tableAt(lines: readonly SourceLine[], at: number): readonly [TableBlock, number] | undefined {
  const entry = lines[at] as SourceLine;
  if (isRow(entry.text.trim()) && isRuler(lines[at + 1]?.text ?? '')) return readTable(lines, at);
  return tabsIn(entry) >= 2 && tabsIn(lines[at + 1]) === tabsIn(entry) ? readTabbed(lines, at) : undefined;
}

function readTable(lines: readonly SourceLine[], at: number): readonly [TableBlock, number] | undefined {
  const header = rowOf(lines[at] as SourceLine);
  if (header.cells.length > mostColumns) return undefined;
  const rows: Row[] = [];
  let next = at + 2;
  for (; isRow(lines[next]?.text.trim() ?? ''); next++) rows.push(rowOf(lines[next] as SourceLine));
  return [{ kind: 'table', header, rows }, next];
}

/** Rows whose cells are parted by tabs. A first row without words such as “title” is a row like the others. */
function readTabbed(lines: readonly SourceLine[], at: number): readonly [TableBlock, number] {
  const rows: Row[] = [];
  const tabs = tabsIn(lines[at]);
  let next = at;
  for (; next < lines.length && tabsIn(lines[next]) === tabs; next++) {
    const { line, text } = lines[next] as SourceLine;
    rows.push({ line, cells: text.split('\t').map((cell) => cell.trim()) });
  }
  const [first] = rows as [Row, ...Row[]];
  const hasHead = first.cells.every((cell) => /^\p{L}[\p{L} ]{0,15}$/u.test(cell));
  const header = hasHead ? first : { line: 0, cells: first.cells.map(() => '') };
  return [{ kind: 'table', header, rows: hasHead ? rows.slice(1) : rows }, next];
}

function tabsIn(entry: SourceLine | undefined): number {
  const tabs = entry === undefined ? 0 : entry.text.trim().split('\t').length - 1;
  return tabs < mostColumns ? tabs : 0;
}

/** A line with more bars than this is no table for people. */
const mostColumns = 40;

function isRow(text: string): boolean {
  return text.startsWith('|') || (/^[^|]+\|/.test(text) && !/^[-*+>]/.test(text));
}

function isRuler(text: string): boolean {
  return text.includes('-') && /^[\s:|-]+$/.test(text);
}

function rowOf({ line, text }: SourceLine): Row {
  const inner = text.trim().replace(/^\|/, '').replace(/\|$/, '');
  return { line, cells: inner.split(/(?<!\\)\|/).map((cell) => cell.trim()) };
}
