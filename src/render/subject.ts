/** The subject line: the lead story, others as far as there is room, the newsletter and the day. */

import { storiesOf } from '../digest/digest.ts';
import { inlineText } from '../digest/inline.ts';
import type { Edition } from '../edition/edition.ts';
import { columnsOf, isWider, oneLine } from './columns.ts';
import type { IssueTemplate } from './issue-template.ts';
import { cutToColumns, leadingClause, shortened } from './shorten.ts';
import type { Wording } from './wording.ts';

/** A Han character counts two. Phones show about half of it. */
export const subjectColumns = 60;

const mostHeadlines = 3;
/** The lead story keeps at least this much of the line, however long the newsletter's name. */
const leadColumns = 32;
/** Less of a headline that is cut says nothing: ten Han. */
const fewestColumns = 20;
/** … nor do fewer words, where words are parted by spaces. */
const fewestWords = 3;

/**
 * `{lead story}；{second}｜{newsletter} M/D` in at most 60 columns, of stories this edition holds; a third where there is
 * room. An operator's own subject is taken as it is but for line breaks.
 */
export function subjectOf(
  edition: Edition,
  { masthead, words, subject: override }: Pick<IssueTemplate, 'masthead' | 'words' | 'subject'>,
): string {
  const prefix = masthead.sponsored ? words.subjectSponsored : '';
  const own = oneLine(override);
  if (own !== '') return own.startsWith(prefix) ? own : prefix + own;
  const titles = storiesOf(edition).map(({ title }) => oneLine(inlineText(title)));
  const [lead = edition.title, ...others] = titles.slice(0, mostHeadlines);
  const tail = subjectTail(edition.date, oneLine(masthead.name), words);
  const room = subjectColumns - columnsOf(prefix + tail);
  return prefix + headlines(lead, others, room, words.titleSeparator).join(words.titleSeparator) + tail;
}

function subjectTail(date: string, newsletter: string, { subjectTail: tail }: Wording): string {
  const day = `${Number(date.slice(5, 7))}/${Number(date.slice(8, 10))}`;
  const room = subjectColumns - leadColumns - columnsOf(tail('', day));
  return tail(shortened(newsletter, room), day);
}

/** With the lead whole, or with its leading clause alone if that makes room for more of them. */
function headlines(
  lead: string,
  others: readonly string[],
  room: number,
  separator: string,
): readonly string[] {
  const whole = withOthers(shortened(lead, room), others, room, separator);
  const clause = leadingClause(lead, room, fewestColumns);
  if (clause === '' || !isTelling(clause)) return whole;
  const brief = withOthers(clause, others, room, separator);
  return brief.length > whole.length ? brief : whole;
}

/** The others in their order, each whole, by its leading clause, or by as many words as there is room for. */
function withOthers(
  lead: string,
  others: readonly string[],
  room: number,
  separator: string,
): readonly string[] {
  const chosen = [lead];
  let left = room - columnsOf(lead);
  for (const title of others) {
    left -= columnsOf(separator);
    const next = isWider(title, left) ? beginningOf(title, left) : title;
    if (next === '') break;
    chosen.push(next);
    left -= columnsOf(next);
  }
  return chosen;
}

/** Empty when what there is room for says nothing. */
function beginningOf(title: string, room: number): string {
  if (room < fewestColumns) return '';
  const beginning = leadingClause(title, room, fewestColumns) || cutToColumns(title, room);
  return isTelling(beginning) ? beginning : '';
}

function isTelling(beginning: string): boolean {
  const isSpaced = !/\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}/u.test(beginning);
  return !isSpaced || beginning.split(' ').length >= fewestWords;
}
