/** How long an edition takes to read. */
import type { Digest, Highlight } from '../digest/digest.ts';
import { storiesOf } from '../digest/digest.ts';
import { inlineText } from '../digest/inline.ts';
import { readingMinutes } from '../digest/reading.ts';

type Readable = Pick<Digest, 'categories' | 'analyses' | 'trends' | 'closing' | 'motto'>;

/** Whole minutes, at least 1, for all that the edition holds. Link targets and source names are not read. */
export function minutesToRead(content: Readable): number {
  return Math.max(1, readingMinutes(textsOf(content).map(inlineText).join('\n')));
}

function textsOf({ categories, analyses, trends, closing, motto }: Readable): readonly string[] {
  const stories = storiesOf({ categories }).flatMap((story) => [
    story.title,
    story.summary,
    story.background ?? '',
    ...story.highlights.map(highlightText),
  ]);
  const deepDives = analyses.flatMap(({ title, fields }) => [title, ...fields.map(highlightText)]);
  const headings = categories.map(({ name }) => name);
  return [...headings, ...stories, ...deepDives, ...trends.map(highlightText), closing ?? '', motto ?? ''];
}

function highlightText({ label, text }: Highlight): string {
  return label === undefined ? text : `${label} ${text}`;
}
