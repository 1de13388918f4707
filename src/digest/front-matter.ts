/** YAML front matter: the lines between two `---` at the very start of a Markdown file. */
import { parseDocument } from 'yaml';
import { isCalendarDate } from './dates.ts';
import type { SourceLine } from './source-lines.ts';
import type { Tally } from './tally.ts';

export interface FrontMatter {
  readonly title?: string;
  /** As written, perhaps with a time of day. */
  readonly date?: string;
  /** The lines after it; all lines when there is none. */
  readonly rest: readonly SourceLine[];
}

/** Title and date are used; the other keys are left out. Front matter that is no YAML is left out as a whole. */
export function readFrontMatter(lines: readonly SourceLine[], tally: Tally): FrontMatter {
  const start = lines.findIndex(({ text }) => text.trim() !== '');
  if (lines[start]?.text !== '---') return { rest: lines };
  const length = lines
    .slice(start + 1, start + 1 + longestFrontMatter)
    .findIndex(({ text }) => /^(?:---|\.\.\.)$/.test(text));
  const inner = lines.slice(start + 1, start + 1 + Math.max(length, 0));
  if (length < 0 || !inner.some(({ text }) => /^[\w-]+\s*:/.test(text))) return { rest: lines };
  const values = valuesOf(inner.map(({ text }) => text).join('\n'));
  const title = stringOf(values.title);
  const date = stringOf(values.date);
  for (const entry of inner) {
    const key = /^([\w-]+)\s*:/.exec(entry.text)?.[1];
    const isUsed = (key === 'title' && title !== undefined) || (key === 'date' && date !== undefined);
    if (isUsed) tally.use(entry.line);
    // Of a date with a time of day only the date is kept.
    if (!isUsed || (key === 'date' && !isCalendarDate(date ?? '')))
      tally.leaveOut(entry.line, 'front matter');
  }
  return { ...(title && { title }), ...(date && { date }), rest: lines.slice(start + length + 2) };
}

const longestFrontMatter = 500;

function valuesOf(text: string): Record<string, unknown> {
  try {
    // Aliases are not resolved: they are how a small file becomes a large one.
    const value: unknown = parseDocument(text, { logLevel: 'silent', strict: false }).toJS({
      maxAliasCount: 0,
    });
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
