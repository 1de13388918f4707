/** The hidden line that clients show after the subject. */
import { storiesOf } from '../digest/digest.ts';
import { inlineText } from '../digest/inline.ts';
import type { Edition } from '../edition/edition.ts';
import { columnsOf, cutToColumns, oneLine } from './columns.ts';
import type { Wording } from './wording.ts';

/** 40 and 90 Han. Clients fill what is missing with the first words of the mail. */
const fewestColumns = 80;
const mostColumns = 180;

/**
 * The day's closing sentence, else the titles from the second story on, and then summaries until the line is long
 * enough. Leaves out what the subject already says.
 */
export function preheaderOf(
  edition: Edition,
  { titleSeparator: separator }: Wording,
  subject: string,
): string {
  const [lead, ...others] = storiesOf(edition);
  const candidates = [
    edition.closing ?? '',
    ...others.slice(0, 3).map(({ title }) => title),
    lead?.summary ?? '',
    ...others.map(({ summary }) => summary),
  ];
  let line = '';
  for (const candidate of candidates) {
    if (columnsOf(line) >= fewestColumns) break;
    const text = oneLine(inlineText(candidate));
    if (text === '' || isTold(text, subject)) continue;
    line = line === '' ? text : line.replace(/[。.；;]$/u, '') + separator + text;
  }
  return cutToColumns(line, mostColumns);
}

/** The subject may hold a title shortened; its beginning is enough to know it by. */
function isTold(text: string, subject: string): boolean {
  return subject.includes(text.slice(0, 8));
}
