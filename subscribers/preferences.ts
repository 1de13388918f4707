/** What a subscriber chose, and the preference set that makes many subscribers share one edition. */

/** A set of topic ids, or `all`: every topic there is and those still to come. */
export type TopicChoice = 'all' | readonly string[];

export const frequencies = ['daily', 'weekly'] as const;
export type Frequency = (typeof frequencies)[number];

/** `html` gets multipart/alternative; `text` gets text/plain alone. */
export const formats = ['html', 'text'] as const;
export type Format = (typeof formats)[number];

export const languages = ['zh', 'en'] as const;
export type Language = (typeof languages)[number];

export interface Preferences {
  readonly topics: TopicChoice;
  readonly frequency: Frequency;
  readonly format: Format;
  /** Of pages and service mails; the mail's own wording follows the newsletter. */
  readonly language: Language;
  /** IANA name, e.g. `Asia/Shanghai`. */
  readonly timezone: string;
  /** Local hour at which the mail is wanted, 0–23. */
  readonly hour: number;
}

/** The part of the preferences that decides what an edition holds. */
export interface PreferenceSet {
  readonly topics: TopicChoice;
  readonly format: Format;
}

/** Canonical text of a preference set: `html all`, `text models,policy`; topics sorted, each once. */
export function preferenceSetKey(set: PreferenceSet): string {
  return `${set.format} ${set.topics === 'all' ? 'all' : [...new Set(set.topics)].sort().join(',')}`;
}

/** The reverse of `preferenceSetKey`. A set without topics has the key `html ` and is legal: it gets no stories. */
export function parsePreferenceSetKey(key: string): PreferenceSet {
  const at = key.indexOf(' ');
  const format = key.slice(0, at) === 'text' ? 'text' : 'html';
  const topics = key.slice(at + 1);
  if (topics === 'all') return { format, topics: 'all' };
  return { format, topics: topics === '' ? [] : topics.split(',') };
}
