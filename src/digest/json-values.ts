/** Values of a JSON digest: what the keys of heads and stories are called, and how their texts are taken. */
import { withoutReferences } from './character-references.ts';
import { isCalendarDate } from './dates.ts';
import { type DigestDraft, newStory, type StoryDraft } from './draft.ts';
import { cleanInline } from './inline.ts';
import type { JsonLines } from './json-lines.ts';
import { languageNamed } from './language.ts';
import { safeUrl, siteName } from './links.ts';
import { hasLetters } from './reading.ts';
import type { Tally } from './tally.ts';

export type Values = Readonly<Record<string, unknown>>;

export const titleKeys = ['title', 'headline', 'name'] as const;
const languageKeys = ['lang', 'language'] as const;
const dateKeys = ['date', 'day', 'published', 'created', 'updated', 'created_at'] as const;
const closingKeys = ['closing'] as const;
/** Headline lists call theirs a tip. */
const mottoKeys = ['motto', 'tip', 'quote', '微语'] as const;
const textKeys = [
  'summary',
  'description',
  'desc',
  'digest',
  'content',
  'content_text',
  'text',
  'excerpt',
  'abstract',
  'content_html',
] as const;
const urlKeys = ['url', 'link', 'href', 'mobileUrl'] as const;
const sourceKeys = ['source', 'publisher', 'site', 'author'] as const;
export const categoryKeys = ['category', 'section', 'topic'] as const;
const tagKeys = ['tag', 'tags'] as const;

export type Reader = ReturnType<typeof createReader>;

/** Takes texts out of the values and remembers which were taken. */
export function createReader(lines: JsonLines, tally: Tally) {
  function text(value: unknown): string | undefined {
    if (typeof value !== 'string' || !hasLetters(value)) return undefined;
    const line = lines.take(value);
    const { text: shown, dropped } = cleanInline(value);
    const { text: clean, gone } = withoutReferences(shown);
    for (const url of dropped)
      tally.warn(line, `dropped the link ${url.slice(0, 80)}: only http and https are kept`);
    if (dropped.length + gone.length > 0 || !hasLetters(clean)) lines.giveBack(value, line);
    return hasLetters(clean) ? clean.trim() : undefined;
  }

  function url(value: unknown): string | undefined {
    const safe = typeof value === 'string' ? safeUrl(value) : undefined;
    if (safe !== undefined) lines.take(value as string);
    else if (typeof value === 'string' && value !== '')
      tally.warn(lines.lineOf(value), `dropped the link ${value.slice(0, 80)}: only http and https are kept`);
    return safe;
  }

  return {
    text,
    url,
    lineOf: (value: string) => lines.lineOf(value),
    /** The first of the keys that holds a text; lists of texts are joined. */
    take(values: Values, keys: readonly string[]): string | undefined {
      for (const key of keys) {
        const value = values[key];
        const taken = Array.isArray(value) ? value.map(text).filter(Boolean).join(', ') : text(value);
        if (taken) return taken;
      }
      return undefined;
    },
  };
}

/** Title, date, language, closing and motto; what an outer object says comes first. */
export function readHead(values: Values, draft: DigestDraft, reader: Reader): void {
  if (draft.title === '') draft.title = reader.take(values, titleKeys) ?? '';
  for (const date of dateKeys.map((key) => values[key]).filter((found) => typeof found === 'string')) {
    draft.dateTexts.push(date);
    if (isCalendarDate(date)) reader.text(date);
  }
  if (draft.title !== '') draft.dateTexts.push(draft.title);
  for (const tag of languageKeys.map((key) => values[key])) {
    const named = typeof tag === 'string' ? languageNamed(tag) : undefined;
    if (named === undefined) continue;
    draft.lang ??= named;
    if (draft.lang === named) reader.text(tag);
  }
  if (!draft.closing) draft.closing = reader.take(values, closingKeys) ?? '';
  if (!draft.motto) draft.motto = reader.take(values, mottoKeys) ?? '';
}

export function pointOf(values: Values, reader: Reader): { label?: string; text: string }[] {
  const label = reader.text(values.label);
  const text = reader.text(values.text);
  return text === undefined ? [] : [{ ...(label !== undefined && { label }), text }];
}

/** What headlines and own stories share. */
export function storyOf(values: Values, reader: Reader): StoryDraft | undefined {
  const raw = titleKeys
    .map((key) => values[key])
    .find((value) => typeof value === 'string' && hasLetters(value));
  const line = typeof raw === 'string' ? reader.lineOf(raw) : 0;
  const title = reader.take(values, titleKeys);
  if (title === undefined) return undefined;
  const story = newStory(title, line);
  const summary = reader.take(values, textKeys);
  if (summary !== undefined) story.summary.push(summary);
  const tag = reader.take(values, tagKeys);
  if (tag !== undefined) story.tag = tag;
  if (values.update === true) story.update = true;
  const link = urlKeys.map((key) => values[key]).find((value) => typeof value === 'string');
  const url = link === undefined ? undefined : reader.url(link);
  const name = reader.take(values, sourceKeys);
  if (url !== undefined || name !== undefined)
    story.sources.push({
      name: name ?? (url === undefined ? '' : siteName(url)),
      ...(url !== undefined && { url }),
    });
  return story;
}

export function valuesIn(value: unknown): Values[] {
  return Array.isArray(value) ? value.filter(isValues) : [];
}

export function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
