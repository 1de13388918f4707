/** Duplicate stories collapse: the same link or the same folded title is one story with the topics of both. */
import type { CategoryDraft, StoryDraft } from './draft.ts';
import { inlineText } from './inline.ts';
import { folded } from './reading.ts';
import { storyPage } from './story-page.ts';
import type { Tally } from './tally.ts';

/** Every appearance of a story, the first of them kept: what resolves topics wants to see all its categories. */
export interface MergedStory {
  readonly story: StoryDraft;
  readonly appearances: readonly {
    readonly tag: string | undefined;
    readonly category: string;
    readonly line: number;
  }[];
}

export interface MergedCategory {
  readonly name: string;
  readonly lines: readonly number[];
  readonly stories: readonly MergedStory[];
}

interface Known {
  readonly story: StoryDraft;
  readonly appearances: MergedStory['appearances'][number][];
  /** What the kept story says already, made when the first copy comes. */
  said?: Set<string>;
}

/** Keeps every story where it stands first; nothing that a later copy says more is lost. */
export function mergeStories(categories: readonly CategoryDraft[], tally: Tally): MergedCategory[] {
  const known = new Map<string, Known>();
  return categories.map(({ name, lines, stories }) => {
    const kept: MergedStory[] = [];
    for (const story of stories) {
      const keys = keysOf(story);
      const first = keys.map((key) => known.get(key)).find((entry) => entry !== undefined);
      const entry: Known = first ?? { story, appearances: [] };
      if (first === undefined) kept.push(entry);
      else absorb(first, story, tally);
      entry.appearances.push({ tag: story.tag, category: name, line: story.line });
      for (const key of keys) if (!known.has(key)) known.set(key, entry);
    }
    return { name, lines, stories: kept };
  });
}

function keysOf(story: StoryDraft): string[] {
  const title = folded(inlineText(story.title));
  const url = story.sources[0]?.url;
  const page = url === undefined || story.isSourceQuoted === true ? undefined : storyPage(url);
  return [...(title === '' ? [] : [`title ${title}`]), ...(page === undefined ? [] : [`page ${page}`])];
}

function absorb(known: Known, copy: StoryDraft, tally: Tally): void {
  const { story } = known;
  known.said ??= new Set(thingsSaid(story));
  const isNews = (thing: string) => !known.said?.has(thing) && known.said?.add(thing) !== undefined;
  if (isNews(`title ${folded(copy.title)}`)) story.highlights.push({ text: copy.title });
  // The same title in other characters is no news, but its letters stand nowhere.
  else if (!story.title.includes(copy.title)) tally.leaveOut(copy.line, 'the same title in other characters');
  if (copy.tag !== undefined && isNews(`tag ${copy.tag}`)) {
    story.tag = story.tag === undefined ? copy.tag : `${story.tag}, ${copy.tag}`;
  }
  if (copy.update) story.update = true;
  for (const text of copy.summary) if (isNews(`text ${text}`)) story.summary.push(text);
  for (const text of copy.background) if (isNews(`text ${text}`)) story.background.push(text);
  for (const point of copy.highlights)
    if (isNews(`point ${JSON.stringify(point)}`)) story.highlights.push(point);
  for (const source of copy.sources)
    if (isNews(`source ${JSON.stringify(source)}`)) story.sources.push(source);
}

function thingsSaid({ title, tag, summary, background, highlights, sources }: StoryDraft): string[] {
  return [
    `title ${folded(title)}`,
    ...(tag === undefined ? [] : [`tag ${tag}`]),
    ...[...summary, ...background].map((text) => `text ${text}`),
    ...highlights.map((point) => `point ${JSON.stringify(point)}`),
    ...sources.map((source) => `source ${JSON.stringify(source)}`),
  ];
}
