/** From what a parser read to the digest: topics resolved, date settled, language told. */
import { findDate, titleWithoutDate } from './dates.ts';
import type { Category, Digest, DigestFormat, Story } from './digest.ts';
import type { DigestDraft, StoryDraft } from './draft.ts';
import { inlineText } from './inline.ts';
import { languageOf } from './language.ts';
import type { MergedCategory, MergedStory } from './merge-stories.ts';
import { toldApart } from './name-sites.ts';
import { resolveTopics, topicsByWords } from './resolve-topics.ts';
import type { Tally } from './tally.ts';
import { otherTopicId, type Topic } from './topics.ts';
import { isMarkedUpdate } from './updates.ts';

export interface AssembleOptions {
  readonly topics: readonly Topic[];
  /** `YYYY-MM-DD`, overrides the file's own. */
  readonly date?: string;
}

/** The digest of a draft whose duplicates have collapsed; warnings about dates and topics go into the tally. */
export function assembleDigest(
  draft: DigestDraft,
  format: DigestFormat,
  categories: readonly MergedCategory[],
  tally: Tally,
  options: AssembleOptions,
): Digest {
  const unknown = new Map<string, number>();
  const filled = categories
    .filter(({ stories }) => stories.length > 0)
    .map((category) => categoryOf(category, unknown, options));
  warnOfUnknown(unknown, tally);
  const analyses = draft.analyses.filter(({ title, fields }) => title !== '' || fields.length > 0);
  const closing = draft.closing || undefined;
  const motto = draft.motto || undefined;
  const parts = {
    categories: filled,
    analyses,
    trends: draft.trends,
    ...(closing !== undefined && { closing }),
    ...(motto !== undefined && { motto }),
  };
  const title = titleWithoutDate(inlineText(draft.title).trim());
  if (title === '') tally.warn(1, 'the digest has no title');
  return {
    title,
    date: dateOf(draft, tally, options),
    lang: draft.lang ?? languageOf(proseOf(title, parts)),
    format,
    ...parts,
  };
}

function dateOf(draft: DigestDraft, tally: Tally, { date: given }: AssembleOptions): string | null {
  const text = draft.dateTexts.map(inlineText).find((candidate) => findDate(candidate) !== undefined);
  const found = text === undefined ? null : (findDate(text)?.date ?? null);
  if (given !== undefined && found !== null && found !== given) {
    tally.warn(1, `the date given, ${given}, overrides the file’s own, ${found}`);
  }
  return given ?? found;
}

function categoryOf(
  { name, stories }: MergedCategory,
  unknown: Map<string, number>,
  { topics }: AssembleOptions,
): Category {
  return { name, stories: stories.map((merged) => storyOf(merged, topicsOf(merged, topics, unknown))) };
}

/** The topics of every appearance, in the order of the table; else those its words tell; else `other`. */
function topicsOf(
  { story, appearances }: MergedStory,
  table: readonly Topic[],
  unknown: Map<string, number>,
): readonly string[] {
  const named = story.topics?.filter((id) => table.some((topic) => topic.id === id)) ?? [];
  if (named.length > 0) return named;
  const resolved = appearances.map(({ tag, category }) => resolveTopics(tag, category, table));
  const found = new Set(resolved.filter(({ isKnown }) => isKnown).flatMap(({ topics }) => topics));
  if (found.size > 0) return table.map(({ id }) => id).filter((id) => found.has(id));
  const [title, text] = [inlineText(story.title), inlineText(story.summary.join(' '))];
  const category = appearances.map((each) => each.category).join(' ');
  const byWords = topicsByWords({ title, text, category }, table);
  if (byWords.length > 0) return byWords;
  const first = appearances.find(({ category }) => category !== '') ?? appearances[0];
  if (first !== undefined && !unknown.has(first.category)) unknown.set(first.category, first.line);
  return [otherTopicId];
}

function warnOfUnknown(unknown: ReadonlyMap<string, number>, tally: Tally): void {
  for (const [category, line] of unknown) {
    const what = category === '' ? 'stories without a category' : `the category “${category}”`;
    tally.warn(
      line,
      `no topic has an alias for ${what}, and a story’s words tell none: “${otherTopicId}” it is`,
    );
  }
}

function storyOf({ story }: MergedStory, topics: readonly string[]): Story {
  const { title, tag, line, highlights, sources } = story;
  const background = paragraphs(story.background);
  return {
    title,
    ...(tag !== undefined && { tag }),
    summary: paragraphs(story.summary),
    ...(background !== '' && { background }),
    highlights,
    sources: toldApart(sources),
    topics,
    ...((story.update || isMarkedUpdate(inlineText(title), tag)) && { update: true as const }),
    line,
  };
}

function paragraphs(texts: StoryDraft['summary']): string {
  return texts.join('\n\n');
}

/** Everything a reader reads, links aside: the language is that of the words. */
function proseOf(
  title: string,
  parts: Pick<Digest, 'categories' | 'analyses' | 'trends' | 'closing' | 'motto'>,
): string {
  const stories = parts.categories.flatMap((category) => category.stories);
  const texts = [
    title,
    parts.closing ?? '',
    parts.motto ?? '',
    ...parts.categories.map(({ name }) => name),
    ...stories.flatMap((story) => [story.title, story.summary, story.background ?? '']),
    ...stories.flatMap((story) => story.sources.map(({ name }) => name)),
    ...[...stories.flatMap(({ highlights }) => highlights), ...parts.trends].map(({ text }) => text),
    ...parts.analyses.flatMap(({ fields }) => fields.map(({ text }) => text)),
  ];
  return texts
    .join('\n')
    .replace(/\]\([^()\s]*\)/g, ']')
    .replace(/https?:\/\/[!-~]+/gi, '');
}
