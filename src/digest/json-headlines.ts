/** Lists of headlines in a JSON file, wherever they stand in it. */
import { type CategoryDraft, type DigestDraft, newStory, type StoryDraft } from './draft.ts';
import { categoryKeys, isValues, type Reader, readHead, storyOf, titleKeys } from './json-values.ts';
import { safeUrl } from './links.ts';
import { hasLetters } from './reading.ts';

/** The longest list of headlines in the value, or every one of an object that names its lists. */
export function readHeadlines(root: unknown, draft: DigestDraft, reader: Reader): void {
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
