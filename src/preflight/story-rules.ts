/** Stories: that there are any and enough, that none stands twice, that each says where it comes from. */
import type { Digest, Story } from '../digest/digest.ts';
import { storiesOf } from '../digest/digest.ts';
import { inlineText } from '../digest/inline.ts';
import { folded } from '../digest/reading.ts';
import { lineList, titleOf } from './digest-texts.ts';
import { type Problem, problemOf, storyProblem } from './problem.ts';
import type { EditionReport } from './sample.ts';

/** An edition with fewer is hardly worth a mail. */
const fewestStories = 3;

/** Two stories whose summaries agree in fewer letters than this may do so by chance. */
const fewestLettersOfCopy = 20;

export function storyProblems(digest: Digest): Problem[] {
  const stories = storiesOf(digest);
  if (stories.length === 0) return [problemOf('no-stories', 'the digest holds no story')];
  return [...duplicates(stories), ...withoutSource(stories)];
}

export function fewStories({ id, stories }: Pick<EditionReport, 'id' | 'stories'>): Problem[] {
  if (stories >= fewestStories) return [];
  return [
    problemOf('few-stories', stories === 1 ? 'holds only 1 story' : `holds only ${stories} stories`, id),
  ];
}

/** Parsing makes one story of two with the same title or first link; what is left shares another link, or the text. */
function duplicates(stories: readonly Story[]): Problem[] {
  const known = new Map<string, Story>();
  const problems: Problem[] = [];
  for (const story of stories) {
    const keys = keysOf(story);
    const twin = keys.map((key) => known.get(key)).find((first) => first !== undefined);
    if (twin !== undefined) {
      problems.push(
        storyProblem(
          'duplicate-stories',
          `line ${story.line}: ${titleOf(story)} seems to be the story of line ${twin.line}, ${titleOf(twin)}`,
          story.line,
          twin.line,
        ),
      );
    }
    for (const key of keys) if (!known.has(key)) known.set(key, story);
  }
  return problems;
}

function keysOf({ title, summary, sources }: Story): string[] {
  const text = folded(inlineText(summary));
  return [
    `title ${folded(inlineText(title))}`,
    ...(text.length < fewestLettersOfCopy ? [] : [`text ${text}`]),
    ...sources.flatMap(({ url }) => (url === undefined || isFrontPage(url) ? [] : [`url ${url}`])),
  ];
}

/** Many stories may come from one paper. */
function isFrontPage(url: string): boolean {
  return /^https?:\/\/[^/?#]+\/?$/i.test(url);
}

function withoutSource(stories: readonly Story[]): Problem[] {
  const silent = stories.filter(({ sources }) => sources.length === 0);
  const [first] = silent;
  if (first === undefined) return [];
  const message =
    silent.length === 1
      ? `line ${first.line}: ${titleOf(first)} names no source`
      : `${silent.length} stories name no source: ${lineList(silent.map(({ line }) => line))}`;
  return [storyProblem('source-missing', message, ...silent.map(({ line }) => line))];
}
