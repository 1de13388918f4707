/** The hidden line that clients show after the subject. */
import { storiesOf } from '../digest/digest.ts';
import { inlineText } from '../digest/inline.ts';
import type { Edition } from '../edition/edition.ts';
import { columnsOf, oneLine } from './columns.ts';
import { shortened } from './shorten.ts';
import type { Wording } from './wording.ts';

/** 40 and 90 Han. Clients fill what is missing with the first words of the mail. */
const fewestColumns = 80;
const mostColumns = 180;
const mostTitles = 3;

/**
 * The day's closing sentence, else the titles of the stories after those of the subject, and then summaries until the line is long
 * enough. Leaves out what the subject already says.
 */
export function preheaderOf(
  edition: Edition,
  { titleSeparator: separator }: Wording,
  subject: string,
): string {
  const [lead, ...others] = storiesOf(edition);
  const titles = others.map(({ title }) => title).filter((title) => !isTold(lineOf(title), subject));
  const candidates = [
    edition.closing ?? '',
    ...titles.slice(0, mostTitles),
    lead?.summary ?? '',
    ...others.map(({ summary }) => summary),
  ];
  let line = '';
  for (const candidate of candidates) {
    if (columnsOf(line) >= fewestColumns) break;
    const text = lineOf(candidate);
    if (text === '' || isTold(text, subject)) continue;
    line = line === '' ? text : line.replace(/[。.；;]$/u, '') + separator + text;
  }
  return shortened(line, mostColumns);
}

function lineOf(text: string): string {
  return oneLine(inlineText(text));
}

/** Fewer characters that two texts have in common at their beginning say nothing. */
const fewestInCommon = 6;

/** The subject holds a text whole, or its beginning before an ellipsis. */
function isTold(text: string, subject: string): boolean {
  if (subject.includes(text)) return true;
  return subject
    .split('…')
    .slice(0, -1)
    .some((told) => {
      const start = told.lastIndexOf(text.slice(0, fewestInCommon));
      return start >= 0 && text.startsWith(told.slice(start));
    });
}
