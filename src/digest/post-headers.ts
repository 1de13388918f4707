/**
 * Lines over the posts of a chat's export that say who posted and when: `[08:01] Channel:`, `Channel, [3 Mar 2026 08:01]`.
 * The same name has to stand over several posts; then each such line is only what parts
 * them, and a short line under it is the title of its post.
 */
import { columns, hasLetters } from './reading.ts';
import type { SourceLine } from './source-lines.ts';
import type { Tally } from './tally.ts';

const patterns = [
  /^\[[\d\s./年月日,:-]*\d{1,2}:\d{2}(?::\d{2})?(?:\s*[AP]M)?\]\s*([^[\]]{1,30}?)\s*[:：]$/iu,
  /^([^[\],]{1,30}?),\s*\[[^[\]]{0,20}\d{1,2}:\d{2}[^[\]]{0,12}\]\s*[:：]?$/u,
] as const;

const fewest = 3;

/** The lines with such headers emptied and left out, and the titles under them made headings. */
export function withoutPostHeaders(lines: readonly SourceLine[], tally: Tally): SourceLine[] {
  const names = lines.map(({ text }) => nameIn(text.trim()));
  const counts = new Map<string, number>();
  for (const name of names) if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  const isHeader = (index: number): boolean => (counts.get(names[index] ?? '') ?? 0) >= fewest;
  return lines.map((entry, index) => {
    if (isHeader(index)) {
      tally.leaveOut(entry.line, 'who posted it, and when');
      return { line: entry.line, text: '' };
    }
    const isTitle = isHeader(index - 1) && isShort(entry.text) && hasLetters(lines[index + 1]?.text ?? '');
    return isTitle ? { line: entry.line, text: `### ${entry.text.trim()}` } : entry;
  });
}

function isShort(text: string): boolean {
  return hasLetters(text) && columns(text) <= 80 && !/^\s*(?:#|[-*>|])|https?:/iu.test(text);
}

function nameIn(text: string): string | undefined {
  if (text.length > 90) return undefined;
  const name = patterns.map((pattern) => pattern.exec(text)?.[1]).find((found) => found !== undefined);
  return name !== undefined && hasLetters(name) ? name : undefined;
}
