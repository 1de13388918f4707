/** Reading the form of the preferences page: topics and how often, or what is wrong with them. */
import { type Frequency, frequencies, type TopicChoice } from '../../subscribers/preferences.ts';
import type { Topic } from '../digest/topics.ts';
import { readTopicForm } from './topic-form.ts';

/** What a subscriber chooses on their page; a form that does not ask how often leaves that as it is. */
export interface PreferencesChoice {
  readonly topics: TopicChoice;
  readonly frequency?: Frequency;
}

/** A form that cannot be saved: the message to show, and what was chosen, so that nobody has to choose it again. */
export interface UnusableForm {
  readonly problem: 'noTopic' | 'unknownTopic' | 'unknownFrequency';
  readonly chosen: PreferencesChoice;
}

/** @param fields as `parseBody({ all: true })` gives them */
export function readPreferencesForm(
  fields: Readonly<Record<string, unknown>>,
  topics: readonly Topic[],
): PreferencesChoice | UnusableForm {
  const ticked = readTopicForm(textsOf(fields.topic), fields.was === 'all', topics);
  const asked = textsOf(fields.frequency);
  const frequency = frequencies.find((one) => asked.length === 1 && one === asked[0]);
  const chosen = { topics: ticked ?? [], ...(frequency ? { frequency } : {}) };
  if (ticked === null) return { problem: 'unknownTopic', chosen };
  if (ticked.length === 0) return { problem: 'noTopic', chosen };
  if (asked.length > 0 && frequency === undefined) return { problem: 'unknownFrequency', chosen };
  return chosen;
}

function textsOf(field: unknown): readonly string[] {
  const values = Array.isArray(field) ? field : [field];
  return values.filter((value): value is string => typeof value === 'string');
}
