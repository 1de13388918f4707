/** Several days in one file: finds the lines that open a day and picks one day's lines. */
import { besidesDate, findDate } from './dates.ts';
import { markedText } from './line-shapes.ts';
import { columns, folded, hasLetters } from './reading.ts';
import type { SourceLine } from './source-lines.ts';

export interface Day {
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly lines: readonly SourceLine[];
}

export interface Days {
  /** What stands before the first day and belongs to all. */
  readonly before: readonly SourceLine[];
  /** In the order of the file, dates distinct; empty when the file is one day's. */
  readonly days: readonly Day[];
}

/**
 * A day is opened by a heading, a bold line or a `NAME (date)` line. The file holds several when at least two such
 * lines have the same name and different dates: titles of stories that mention dates differ in more than the date.
 */
export function splitDays(lines: readonly SourceLine[]): Days {
  const groups = new Map<string, { readonly index: number; readonly date: string }[]>();
  for (const [index, entry] of lines.entries()) {
    const opening = dayOpening(entry.text.trim());
    if (opening === undefined) continue;
    const group = groups.get(opening.name) ?? [];
    if (group.at(-1)?.date !== opening.date) group.push({ index, date: opening.date });
    groups.set(opening.name, group);
  }
  const openings = [...groups.values()]
    .filter((group) => new Set(group.map(({ date }) => date)).size > 1)
    .toSorted((a, b) => b.length - a.length)[0];
  if (openings === undefined) return { before: lines, days: [] };
  const parts = new Map<string, SourceLine[]>();
  openings.forEach(({ index, date }, at) => {
    const part = parts.get(date) ?? [];
    for (const entry of lines.slice(index, openings[at + 1]?.index)) part.push(entry);
    parts.set(date, part);
  });
  return {
    before: lines.slice(0, openings[0]?.index ?? 0),
    days: [...parts].map(([date, part]) => ({ date, lines: part })),
  };
}

function dayOpening(text: string): { readonly name: string; readonly date: string } | undefined {
  if (text.length > 200) return undefined;
  const marked = markedText(text);
  const isNamed = /^[^-*•].*[(（][^()（）]*\d{4}[^()（）]*[)）]$/u.test(text);
  if (marked === undefined && !isNamed) return undefined;
  const found = findDate(marked ?? text);
  if (found === undefined) return undefined;
  const name = besidesDate(marked ?? text).replace(/第?\s*\d+\s*期?/gu, ' ');
  if (columns(name.trim()) > 40 || (isNamed && marked === undefined && !hasLetters(name))) return undefined;
  return { name: folded(name), date: found.date };
}
