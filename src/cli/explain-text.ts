/** What each line of a digest became, as a table for people. */
import type { Explained } from '../digest/explain.ts';
import { type Io, paint } from './frame.ts';

/** One row a line: its number, what it became, and of which story. */
export function explainText(io: Pick<Io, 'isColored'>, explain: readonly Explained[]): string {
  const rows = new Map<number, Explained[]>();
  for (const entry of explain) rows.set(entry.line, [...(rows.get(entry.line) ?? []), entry]);
  const width = String(explain.at(-1)?.line ?? 0).length;
  return [...rows]
    .map(([line, entries]) => `${paint(io, 'dim', String(line).padStart(width))}  ${rowText(io, entries)}`)
    .join('\n');
}

/** `story title, summary, link  Title`; several stories or reasons on one line stand one after the other. */
function rowText(io: Pick<Io, 'isColored'>, entries: readonly Explained[]): string {
  const groups = new Map<string, Explained[]>();
  for (const entry of entries) {
    const key = entry.became === 'unparsed' ? 'unparsed' : (entry.of ?? '');
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()]
    .map((group) => {
      const became =
        group[0]?.became === 'unparsed' ? 'unparsed' : group.map((entry) => entry.became).join(', ');
      const of = [...new Set(group.flatMap((entry) => entry.of ?? []))].map(shortened).join('; ');
      const name = paint(io, became === 'unparsed' ? 'yellow' : 'bold', became.padEnd(nameWidth));
      return of === '' ? name.trimEnd() : `${name}  ${of}`;
    })
    .join('  +  ');
}

const nameWidth = 22;

function shortened(text: string): string {
  const all = [...text];
  return all.length > 60 ? `${all.slice(0, 59).join('')}…` : text;
}
