/** The lines that an edition says of itself, computed after filtering. */
import type { Story } from '../digest/digest.ts';
import { storiesOf } from '../digest/digest.ts';
import type { Topic } from '../digest/topics.ts';
import type { Edition } from '../edition/edition.ts';
import { oneLine } from './columns.ts';
import type { IssueTemplate } from './issue-template.ts';
import { wordingFor } from './wording.ts';

const fewestStoriesForLede = 4;
const fewestCategoriesForContents = 3;
const fewestStoriesForContents = 6;

/** The names of the chosen topics in the order of the table, or "all topics". */
export function readerTopics(
  { topics: chosen }: Edition['preferenceSet'],
  topics: readonly Topic[],
  language: 'zh' | 'en',
): string {
  const words = wordingFor(language);
  if (chosen === 'all') return words.allTopics;
  return topics
    .filter(({ id }) => chosen.includes(id))
    .map(({ name }) => oneLine(name[language]))
    .join(words.topicSeparator);
}

/** Stories whose titles stand in for a closing sentence; none where the reader sees them all at once anyway. */
export function ledeStories(edition: Edition): readonly Story[] {
  if (edition.closing !== undefined || edition.storyCount < fewestStoriesForLede) return [];
  return storiesOf(edition).slice(0, 3);
}

export function hasContents({ categories, storyCount }: Edition): boolean {
  return categories.length >= fewestCategoriesForContents && storyCount >= fewestStoriesForContents;
}

/** Values of the edition's places in the HTML part, unescaped, without the counts of its categories. */
export function editionValues(
  { masthead, topics }: IssueTemplate,
  edition: Edition,
  preheader: string,
): Readonly<Record<string, string>> {
  const words = wordingFor(masthead.language);
  const chosen = readerTopics(edition.preferenceSet, topics, masthead.language);
  return {
    preheader,
    meta: [
      words.storyCount(edition.storyCount),
      words.readingMinutes(edition.readingMinutes),
      words.yourTopics(chosen),
    ].join(' · '),
    omitted: words.omitted(edition.omittedCount),
    why: words.whyYouGetThis(oneLine(masthead.name), chosen),
  };
}
