/** Reading the form of the preferences page: topics, how often and at what hour, or what is wrong with them. */
import { type Frequency, frequencies, type TopicChoice } from '../../subscribers/preferences.ts';
import type { Topic } from '../digest/topics.ts';
import { readTopicForm } from './topic-form.ts';

/** What a subscriber chooses on their page; what a form does not ask is left as it is. */
export interface PreferencesChoice {
  readonly topics: TopicChoice;
  readonly frequency?: Frequency;
  /** Local, 0–23. */
  readonly hour?: number;
}

/** A form that cannot be saved: the message to show, and what was chosen, so that nobody has to choose it again. */
export interface UnusableForm {
  readonly problem: 'noTopic' | 'unknownTopic' | 'unknownFrequency' | 'unknownHour';
  readonly chosen: PreferencesChoice;
}

/** @param fields as `parseBody({ all: true })` gives them */
export function readPreferencesForm(
  fields: Readonly<Record<string, unknown>>,
  topics: readonly Topic[],
): PreferencesChoice | UnusableForm {
  const ticked = readTopicForm(textsOf(fields.topic), fields.was === 'all', topics);
  const frequency = choiceOf(fields.frequency, frequencies);
  const hour = choiceOf(fields.hour, hours);
  const chosen = {
    topics: ticked ?? [],
    ...(frequency === undefined ? {} : { frequency }),
    ...(hour === undefined ? {} : { hour: Number(hour) }),
  };
  if (ticked === null) return { problem: 'unknownTopic', chosen };
  if (ticked.length === 0) return { problem: 'noTopic', chosen };
  if (frequency === undefined && isAsked(fields.frequency)) return { problem: 'unknownFrequency', chosen };
  if (hour === undefined && isAsked(fields.hour)) return { problem: 'unknownHour', chosen };
  return chosen;
}

/** As the page offers them. */
export const hours: readonly string[] = Array.from({ length: 24 }, (_, hour) => String(hour));

/** The one that was chosen of those that are offered; undefined when it is none of them, or several. */
function choiceOf<Choice extends string>(field: unknown, offered: readonly Choice[]): Choice | undefined {
  const asked = textsOf(field);
  return offered.find((one) => asked.length === 1 && one === asked[0]);
}

function isAsked(field: unknown): boolean {
  return textsOf(field).length > 0;
}

function textsOf(field: unknown): readonly string[] {
  const values = Array.isArray(field) ? field : [field];
  return values.filter((value): value is string => typeof value === 'string');
}
