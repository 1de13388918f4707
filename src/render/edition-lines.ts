/** The lines that an edition says of itself, computed after filtering. */
import type { Story } from '../digest/digest.ts';
import { storiesOf } from '../digest/digest.ts';
import { inlineText } from '../digest/inline.ts';
import type { Edition } from '../edition/edition.ts';
import { isWider, oneLine } from './columns.ts';
import type { IssueTemplate } from './issue-template.ts';
import type { Masthead } from './masthead.ts';
import type { Wording } from './wording.ts';

const fewestStoriesForLede = 4;
const fewestCategoriesForContents = 3;
const fewestStoriesForContents = 6;
/** A longer list is no help to find anything. */
const mostCategoriesForContents = 24;
/** A longer closing is a text of its own, and stands at the end. */
const ledeColumns = 240;

/** The names of the chosen topics in the order of the table, or "all topics". */
export function readerTopics(
  { masthead, topics, words }: IssueTemplate,
  { topics: chosen }: Edition['preferenceSet'],
): string {
  if (chosen === 'all') return words.allTopics;
  return topics
    .filter(({ id }) => chosen.includes(id))
    .map(({ name }) => oneLine(name[masthead.language]))
    .join(words.topicSeparator);
}

/** The closing sentence, if it can open the mail. */
export function ledeOf(closing: string | undefined): string | undefined {
  return isWider(oneLine(inlineText(closing ?? '')), ledeColumns) ? undefined : closing;
}

/** Stories whose titles stand in for a closing sentence; none where the reader sees them all at once anyway. */
export function ledeStories(edition: Edition): readonly Story[] {
  if (ledeOf(edition.closing) !== undefined || edition.storyCount < fewestStoriesForLede) return [];
  return storiesOf(edition).slice(0, 3);
}

export function hasContents({ categories, storyCount }: Edition): boolean {
  return (
    categories.length >= fewestCategoriesForContents &&
    categories.length <= mostCategoriesForContents &&
    storyCount >= fewestStoriesForContents
  );
}

/** How the issue came to be: the EU AI Act, Art. 50(4), and China's labelling rules ask for it. */
export function assembledBy(masthead: Pick<Masthead, 'assembledBy'>, words: Wording): string {
  return masthead.assembledBy === 'machine' ? words.assembledByMachine : words.assembledByEditor;
}

/** Values of the edition's places in the HTML part, unescaped, without those of its categories. */
export function editionValues(
  template: IssueTemplate,
  edition: Edition,
  preheader: string,
): Readonly<Record<string, string>> {
  const { masthead, words } = template;
  const chosen = readerTopics(template, edition.preferenceSet);
  return {
    preheader,
    stories: words.storyCount(edition.storyCount),
    minutes: words.readingMinutes(edition.readingMinutes),
    topics: words.yourTopics(chosen),
    omitted: words.omitted(edition.omittedCount),
    why: words.whyYouGetThis(oneLine(masthead.name), chosen),
  };
}
