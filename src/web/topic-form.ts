/** Reading the topic toggles of a form: a set, or all topics and those to come. */
import type { TopicChoice } from '../../subscribers/preferences.ts';
import type { Topic } from '../digest/topics.ts';

/** One toggle as a page shows it. */
export interface TopicToggle {
  readonly id: string;
  readonly name: string;
  readonly on: boolean;
}

/** Toggles in the order of the topic table; a choice of all topics has every toggle on. */
export function togglesOf(
  topics: readonly Topic[],
  choice: TopicChoice,
  language: 'zh' | 'en',
): readonly TopicToggle[] {
  return topics.map((topic) => ({
    id: topic.id,
    name: topic.name[language],
    on: choice === 'all' || choice.includes(topic.id),
  }));
}

/**
 * What the ticked boxes mean; null when one is not of the table.
 * Who had all topics and unticks some means the rest: a box "all" left ticked by habit does not undo that.
 * @param ticked values of the boxes, topic ids and `all`
 * @param wasAll whether the form showed "all" as the choice so far
 */
export function readTopicForm(
  ticked: readonly string[],
  wasAll: boolean,
  topics: readonly Topic[],
): TopicChoice | null {
  const chosen = [...new Set(ticked.filter((id) => id !== 'all'))];
  if (!chosen.every((id) => topics.some((topic) => topic.id === id))) return null;
  const isAll = ticked.includes('all') && (!wasAll || chosen.length === topics.length);
  return isAll ? 'all' : chosen;
}
