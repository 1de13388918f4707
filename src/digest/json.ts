/** JSON digests: this project's own shape, as `parse --json` prints it, and lists of headlines. */
import { PaperboyError } from '../core/errors.ts';
import { type DigestDraft, newDigestDraft, type StoryDraft } from './draft.ts';
import { readHeadlines } from './json-headlines.ts';
import { createJsonLines } from './json-lines.ts';
import {
  createReader,
  isValues,
  pointOf,
  type Reader,
  readHead,
  storyOf,
  type Values,
  valuesIn,
} from './json-values.ts';
import { siteName } from './links.ts';
import type { Tally } from './tally.ts';

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
    const name = reader.text(source.name) ?? (url === undefined ? undefined : siteName(url));
    if (name !== undefined) story.sources.push({ name, ...(url !== undefined && { url }) });
  }
  const topics = Array.isArray(values.topics) ? values.topics.filter((id) => typeof id === 'string') : [];
  for (const id of topics) reader.text(id);
  if (topics.length > 0) story.topics = topics;
  return story;
}
