/** The subject line: the lead story, the second if there is room, the newsletter and the day. */

import { storiesOf } from '../digest/digest.ts';
import { inlineText } from '../digest/inline.ts';
import type { Edition } from '../edition/edition.ts';
import { columnsOf, cutToColumns, oneLine, shortened } from './columns.ts';
import type { IssueTemplate } from './issue-template.ts';
import type { Wording } from './wording.ts';

/** A Han character counts two. Phones show about half of it. */
export const subjectColumns = 60;

/** The lead story keeps at least this much of the line, however long the newsletter's name. */
const leadColumns = 32;
/** Less of the second story than this says nothing. */
const secondColumns = 14;

/**
 * `{lead story}；{second}｜{newsletter} M/D` in at most 60 columns, of stories this edition holds.
 * An operator's own subject is taken as it is but for line breaks.
 */
export function subjectOf(
  edition: Edition,
  { masthead, words, subject: override }: Pick<IssueTemplate, 'masthead' | 'words' | 'subject'>,
): string {
  const prefix = masthead.sponsored ? words.subjectSponsored : '';
  const own = oneLine(override);
  if (own !== '') return own.startsWith(prefix) ? own : prefix + own;
  const [lead = edition.title, second] = storiesOf(edition).map(({ title }) => oneLine(inlineText(title)));
  const tail = subjectTail(edition.date, oneLine(masthead.name), words);
  const room = subjectColumns - columnsOf(prefix + tail);
  return prefix + headline(lead, second, room, words.titleSeparator) + tail;
}

function subjectTail(date: string, newsletter: string, { subjectTail: tail }: Wording): string {
  const day = `${Number(date.slice(5, 7))}/${Number(date.slice(8, 10))}`;
  const room = subjectColumns - leadColumns - columnsOf(tail('', day));
  return tail(cutToColumns(newsletter, room), day);
}

function headline(lead: string, second: string | undefined, room: number, separator: string): string {
  const left = room - columnsOf(lead) - columnsOf(separator);
  const next = second === undefined || left < secondColumns ? '' : cutToColumns(second, left);
  return next === '' ? shortened(lead, room) : lead + separator + next;
}
