/** Every text of a digest that gets into a mail, with the line of its story; and how rules speak of lines and titles. */
import type { Digest, Highlight, Story } from '../digest/digest.ts';
import { storiesOf } from '../digest/digest.ts';
import { inlineText } from '../digest/inline.ts';

export interface DigestText {
  /** Of the story's title; absent for what belongs to no story. */
  readonly line?: number;
  /** With its inline Markdown. */
  readonly text: string;
}

export function textsOf(digest: Digest): DigestText[] {
  const { title, categories, analyses, trends, closing, motto } = digest;
  const others = [
    title,
    ...categories.map(({ name }) => name),
    ...analyses.flatMap((analysis) => [analysis.title, ...analysis.fields.flatMap(pointTexts)]),
    ...trends.flatMap(pointTexts),
    closing ?? '',
    motto ?? '',
  ];
  return [
    ...storiesOf(digest).flatMap((story) => storyTexts(story).map((text) => ({ line: story.line, text }))),
    ...others.map((text) => ({ text })),
  ];
}

/** `line 14`, or `the digest` for what belongs to no story. */
export function placeOf({ line }: Pick<DigestText, 'line'>): string {
  return line === undefined ? 'the digest' : `line ${line}`;
}

/** `lines 3, 9 and 12`; the first eight of many. */
export function lineList(lines: readonly number[]): string {
  if (lines.length === 1) return `line ${lines[0]}`;
  if (lines.length > mostLines) return `lines ${lines.slice(0, mostLines).join(', ')} …`;
  return `lines ${lines.slice(0, -1).join(', ')} and ${lines.at(-1)}`;
}

/** The title as read, shortened, in quotes. */
export function titleOf({ title }: Pick<Story, 'title'>): string {
  return `“${shortened(inlineText(title), 40)}”`;
}

export function shortened(text: string, characters: number): string {
  const all = [...text];
  return all.length > characters ? `${all.slice(0, characters - 1).join('')}…` : text;
}

const mostLines = 8;

function storyTexts({ title, tag, summary, background, highlights, sources }: Story): string[] {
  return [
    title,
    tag ?? '',
    summary,
    background ?? '',
    ...highlights.flatMap(pointTexts),
    ...sources.map(({ name }) => name),
  ];
}

function pointTexts({ label, text }: Highlight): string[] {
  return [label ?? '', text];
}
