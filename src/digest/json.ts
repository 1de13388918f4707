/** JSON digests: this project's own shape, as `parse --json` prints it, and lists of headlines. */
import { PaperboyError } from '../core/errors.ts';
import { isCalendarDate } from './dates.ts';
import { type CategoryDraft, type DigestDraft, newDigestDraft, newStory, type StoryDraft } from './draft.ts';
import { cleanInline } from './inline.ts';
import { createJsonLines, type JsonLines } from './json-lines.ts';
import { safeUrl, siteName } from './links.ts';
import { hasLetters } from './reading.ts';
import type { Tally } from './tally.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * @param text the whole file
 * @returns `unused`: each value that stands in no field, with its line; one line may hold many values
 * @throws PaperboyError `digest-unreadable`
 */
export function parseJson(
  text: string,
  name: string,
  tally: Tally,
): {
  readonly draft: DigestDraft;
  readonly unused: readonly { readonly line: number; readonly text: string }[];
} {
  const root = readJson(text, name);
  const lines = createJsonLines(text);
  const value = isValues(root) && isValues(root.digest) ? root.digest : root;
  const draft = newDigestDraft();
  const reader = createReader(lines, tally);
  if (isValues(value) && Array.isArray(value.categories)) {
    readHead(value, draft, reader);
    readOwnShape(value, draft, reader);
  } else readHeadlines(value, draft, reader);
  return { draft, unused: lines.unused() };
}

function readJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PaperboyError('digest-unreadable', `${name} is not JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** Title and date; what an outer object says comes first. */
function readHead(values: Values, draft: DigestDraft, reader: Reader): void {
  if (draft.title === '') draft.title = reader.take(values, titleKeys) ?? '';
  for (const date of dateKeys.map((key) => values[key]).filter((found) => typeof found === 'string')) {
    draft.dateTexts.push(date);
    if (isCalendarDate(date)) reader.text(date);
  }
  if (draft.title !== '') draft.dateTexts.push(draft.title);
  draft.closing ??= reader.take(values, closingKeys) ?? '';
}

const titleKeys = ['title', 'headline', 'name'] as const;
const dateKeys = ['date', 'day', 'published', 'created', 'updated', 'created_at'] as const;
/** The day's sentence, which headline lists call their tip. */
const closingKeys = ['closing', 'tip', 'quote', 'motto', '微语'] as const;
const textKeys = ['summary', 'description', 'desc', 'digest', 'content', 'text', 'abstract'] as const;
const urlKeys = ['url', 'link', 'href', 'mobileUrl'] as const;
const sourceKeys = ['source', 'publisher', 'site', 'author'] as const;
const categoryKeys = ['category', 'section', 'topic'] as const;
const tagKeys = ['tag', 'tags'] as const;

type Reader = ReturnType<typeof createReader>;

/** Takes texts out of the values and remembers which were taken. */
function createReader(lines: JsonLines, tally: Tally) {
  function text(value: unknown): string | undefined {
    if (typeof value !== 'string' || !hasLetters(value)) return undefined;
    const line = lines.take(value);
    const { text: clean, dropped } = cleanInline(value);
    for (const url of dropped)
      tally.warn(line, `dropped the link ${url.slice(0, 80)}: only http and https are kept`);
    if (dropped.length > 0 || !hasLetters(clean)) lines.giveBack(value, line);
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

function readOwnShape(value: Values, draft: DigestDraft, reader: Reader): void {
  for (const category of valuesIn(value.categories)) {
    const name = typeof category.name === 'string' ? category.name : '';
    const stories = valuesIn(category.stories).flatMap((story) => ownStory(story, reader) ?? []);
    draft.categories.push({ name: reader.text(name) ?? '', lines: [], stories });
  }
  for (const analysis of valuesIn(value.analyses)) {
    const fields = valuesIn(analysis.fields).map((field) => ({
      label: reader.text(field.label) ?? '',
      text: reader.text(field.text) ?? '',
    }));
    draft.analyses.push({
      title: reader.text(analysis.title) ?? '',
      fields: fields.filter(({ text }) => text !== ''),
    });
  }
  for (const trend of valuesIn(value.trends)) draft.trends.push(...pointOf(trend, reader));
}

function ownStory(values: Values, reader: Reader): StoryDraft | undefined {
  const story = storyOf(values, reader);
  if (story === undefined) return undefined;
  const background = reader.text(values.background);
  if (background !== undefined) story.background.push(background);
  for (const point of valuesIn(values.highlights)) story.highlights.push(...pointOf(point, reader));
  for (const source of valuesIn(values.sources)) {
    const url = source.url === undefined ? undefined : reader.url(source.url);
    const name = reader.text(source.name) ?? url;
    if (name !== undefined) story.sources.push({ name, ...(url !== undefined && { url }) });
  }
  const topics = Array.isArray(values.topics) ? values.topics.filter((id) => typeof id === 'string') : [];
  for (const id of topics) reader.text(id);
  if (topics.length > 0) story.topics = topics;
  return story;
}

function pointOf(values: Values, reader: Reader): { label?: string; text: string }[] {
  const label = reader.text(values.label);
  const text = reader.text(values.text);
  return text === undefined ? [] : [{ ...(label !== undefined && { label }), text }];
}

/** What headlines and own stories share. */
function storyOf(values: Values, reader: Reader): StoryDraft | undefined {
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

/** The longest list of headlines in the value, or every one of an object that names its lists. */
function readHeadlines(root: unknown, draft: DigestDraft, reader: Reader): void {
  const lists = listsIn(root, '', 0);
  const longest = lists.toSorted((a, b) => b.entries.length - a.entries.length)[0];
  const siblings = lists.filter(({ holder }) => holder === longest?.holder);
  const isNamed = siblings.length > 1 && siblings.every(({ key }) => !listKeys.has(key));
  for (const head of [root, longest?.holder]) if (isValues(head)) readHead(head, draft, reader);
  const categories = new Map<string, CategoryDraft>();
  for (const { key, entries } of isNamed ? siblings : longest === undefined ? [] : [longest]) {
    for (const entry of entries) {
      const values = isValues(entry) ? entry : {};
      const named = reader.take(values, categoryKeys) ?? (isNamed ? key : '');
      const category = categories.get(named) ?? { name: named, lines: [], stories: [] };
      categories.set(named, category);
      const story = typeof entry === 'string' ? headline(entry, reader) : storyOf(values, reader);
      if (story !== undefined) category.stories.push(story);
    }
  }
  for (const category of categories.values()) draft.categories.push(category);
}

const listKeys = new Set([
  'news',
  'items',
  'data',
  'list',
  'stories',
  'articles',
  'headlines',
  'result',
  'results',
]);

interface List {
  readonly key: string;
  readonly holder: unknown;
  readonly entries: readonly unknown[];
}

function listsIn(value: unknown, key: string, depth: number, holder?: unknown): List[] {
  if (depth > 4) return [];
  if (Array.isArray(value)) {
    const isHeadlines = value.some((entry) =>
      typeof entry === 'string' ? hasLetters(entry) && safeUrl(entry) === undefined : isHeadline(entry),
    );
    return isHeadlines ? [{ key, holder, entries: value }] : [];
  }
  if (!isValues(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => listsIn(inner, name, depth + 1, value));
}

function isHeadline(entry: unknown): boolean {
  return (
    isValues(entry) &&
    titleKeys.some((key) => typeof entry[key] === 'string' && hasLetters(entry[key] as string))
  );
}

function headline(text: string, reader: Reader): StoryDraft | undefined {
  const line = reader.lineOf(text);
  const title = reader.text(text);
  return title === undefined ? undefined : newStory(title, line);
}

function valuesIn(value: unknown): Values[] {
  return Array.isArray(value) ? value.filter(isValues) : [];
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
