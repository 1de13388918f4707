/** What is a lawful value of a preference or a name, wherever it comes from: a file, a page, a command. */
import { PaperboyError } from '../src/core/errors.ts';
import { topicIdPattern } from '../src/core/ids.ts';
import { formats, frequencies, languages, type Preferences, type TopicChoice } from './preferences.ts';

/** An IANA zone that this machine knows. Offsets such as `+08:00` are none: they do not follow summer time. */
export function isTimezone(name: string): boolean {
  let known = timezones.get(name);
  if (known === undefined) {
    known = /^[A-Za-z][\w+\-/]{1,63}$/.test(name) && intlKnows(name);
    if (timezones.size < 10_000) timezones.set(name, known);
  }
  return known;
}

function isHour(hour: number): boolean {
  return Number.isInteger(hour) && hour >= 0 && hour <= 23;
}

/** Topics sorted, each once: the same choice is always stored alike. */
export function normalTopics(topics: TopicChoice): TopicChoice {
  return topics === 'all' ? 'all' : [...new Set(topics)].sort();
}

/** A name on one line: blanks and controls folded to one space, invisible characters gone, at most 200 long. */
export function normalName(name: string): string {
  const line = name.replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replace(/[\p{Cf}\p{Cs}]/gu, '');
  return [...line.trim()].slice(0, 200).join('');
}

/** @throws PaperboyError `subscriber-invalid` for the first value that is not lawful; absent ones are not looked at. */
export function checkPreferences(preferences: Partial<Preferences>): void {
  const { topics, frequency, format, language, timezone, hour } = preferences;
  if (topics !== undefined && topics !== 'all') {
    for (const topic of topics) must(topicIdPattern.test(topic), 'topic', topic, 'the id of a topic');
  }
  mustBeOneOf('frequency', frequency, frequencies);
  mustBeOneOf('format', format, formats);
  mustBeOneOf('language', language, languages);
  if (timezone !== undefined)
    must(isTimezone(timezone), 'timezone', timezone, 'an IANA zone, e.g. Asia/Shanghai');
  if (hour !== undefined) must(isHour(hour), 'hour', hour, 'a whole number from 0 to 23');
}

/** Asking Intl costs 50 µs, and files repeat the same few zones. */
const timezones = new Map<string, boolean>();

function intlKnows(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

function mustBeOneOf(what: string, value: string | undefined, lawful: readonly string[]): void {
  if (value !== undefined) must(lawful.includes(value), what, value, lawful.join(' or '));
}

function must(lawful: boolean, what: string, found: unknown, expected: string): void {
  if (lawful) return;
  throw new PaperboyError('subscriber-invalid', `${what} is ${JSON.stringify(found)}, expected ${expected}`);
}
