/** What one preference set sees of an issue: the chosen stories and what a reader should know of them. Pure. */
import type { PreferenceSet } from '../../subscribers/preferences.ts';
import { preferenceSetKey } from '../../subscribers/preferences.ts';
import { editionIdOf } from '../core/ids.ts';
import type { Category, Digest, Story, TopicId } from '../digest/digest.ts';
import { storiesOf } from '../digest/digest.ts';
import type { PlannedEdition } from './edition.ts';
import { minutesToRead } from './reading-time.ts';

export interface PlanEditionOptions {
  /** Issue id, e.g. `ai-2026-02-03`. */
  readonly issue: string;
  readonly revision: number;
  /** `YYYY-MM-DD`; the digest's own date may be missing. */
  readonly date: string;
  /** Ids in the order of the topic table; ids that it lacks come last. */
  readonly topicOrder: readonly TopicId[];
}

/**
 * The edition of a preference set: categories without a chosen story are dropped, a story of several topics stands
 * once, analyses, trends, closing sentence and motto are the day's and stay. `skipped: 'no-stories'` when nothing is left.
 */
export function planEdition(
  digest: Digest,
  preferenceSet: PreferenceSet,
  { issue, revision, date, topicOrder }: PlanEditionOptions,
): PlannedEdition {
  const categories = categoriesFor(digest, preferenceSet);
  const stories = storiesOf({ categories });
  if (stories.length === 0) return { skipped: 'no-stories', preferenceSet };
  const { title, lang, analyses, trends, closing, motto } = digest;
  const content = {
    categories,
    analyses,
    trends,
    ...(closing === undefined ? {} : { closing }),
    ...(motto === undefined ? {} : { motto }),
  };
  return {
    id: editionIdOf(revision, preferenceSetKey(preferenceSet)),
    issue,
    revision,
    preferenceSet,
    title,
    date,
    lang,
    ...content,
    topics: topicsOf(stories, topicOrder),
    storyCount: stories.length,
    omittedCount: storiesOf(digest).length - stories.length,
    readingMinutes: minutesToRead(content),
  };
}

function categoriesFor(digest: Digest, { topics }: PreferenceSet): readonly Category[] {
  const chosen = topics === 'all' ? undefined : new Set(topics);
  const isChosen = (story: Story) => chosen === undefined || story.topics.some((topic) => chosen.has(topic));
  return digest.categories
    .map(({ name, stories }) => ({ name, stories: stories.filter(isChosen) }))
    .filter(({ stories }) => stories.length > 0);
}

function topicsOf(stories: readonly Story[], order: readonly TopicId[]): readonly TopicId[] {
  const present = new Set(stories.flatMap((story) => story.topics));
  return [...new Set([...order, ...present])].filter((topic) => present.has(topic));
}
