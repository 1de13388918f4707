/** What a format's parser hands over: the digest without topics, still to be joined and resolved. */
import type { DigestLanguage, Highlight, Source } from './digest.ts';
import { inlineText } from './inline.ts';
import { type Labelled, readPoint } from './labels.ts';
import { siteName } from './links.ts';
import type { SourceLine } from './source-lines.ts';
import { readSources } from './sources.ts';
import { storyPage } from './story-page.ts';
import type { Tally } from './tally.ts';
import type { Topic } from './topics.ts';

/** A story being read; the parser adds to it line by line. */
export interface StoryDraft {
  readonly title: string;
  readonly line: number;
  tag?: string;
  readonly summary: string[];
  readonly background: string[];
  readonly highlights: Highlight[];
  readonly sources: Source[];
  /** Its only source is a link inside of its text: other stories may quote the same page. */
  isSourceQuoted?: boolean;
  /** Topic ids that the digest itself names; only this project's own JSON does. */
  topics?: readonly string[];
  /** JSON marks an update so; elsewhere title or tag do. */
  update?: true;
}

export interface CategoryDraft {
  /** Empty for stories that stand under no category. */
  readonly name: string;
  /** The lines of its headings; none when it has none. */
  readonly lines: number[];
  readonly stories: StoryDraft[];
}

export interface DigestDraft {
  /** With its date, as written; empty when the file has none. */
  title: string;
  /** Where to look for the date, in this order. */
  readonly dateTexts: string[];
  readonly categories: CategoryDraft[];
  readonly analyses: { title: string; fields: { label: string; text: string }[] }[];
  readonly trends: Highlight[];
  closing?: string;
  motto?: string;
  /** As the digest itself says; only JSON does. */
  lang?: DigestLanguage;
}

export interface FormatInput {
  /** Cleaned lines; blank ones are empty. */
  readonly lines: readonly SourceLine[];
  readonly tally: Tally;
  readonly topics: readonly Topic[];
}

/** Reads one format: marks every line it understands in the tally, throws nothing. */
export type FormatParser = (input: FormatInput) => DigestDraft;

export function newDigestDraft(): DigestDraft {
  return { title: '', dateTexts: [], categories: [], analyses: [], trends: [] };
}

/** A link in the title is not kept: the line that holds it is listed. */
export function setTitle(draft: DigestDraft, text: string, line: number, tally: Tally): void {
  draft.title = text;
  draft.dateTexts.push(text);
  tally.use(line);
  if (/\]\(/.test(text)) tally.leaveOut(line, 'a link in the title');
}

/** A headline that is one whole sentence goes without its full stop. */
export function newStory(text: string, line: number): StoryDraft {
  const title = /^[^。！？]+。\**$/u.test(text) ? text.replace(/。(?=\**$)/u, '') : text;
  return { title, line, summary: [], background: [], highlights: [], sources: [] };
}

/** The category that stories go to now; one without a name when none has begun. */
export function currentCategory(draft: DigestDraft): CategoryDraft {
  const last = draft.categories.at(-1);
  if (last !== undefined) return last;
  const unnamed = { name: '', lines: [], stories: [] };
  draft.categories.push(unnamed);
  return unnamed;
}

/** Puts a labelled line where its label says. The list of points and of links may follow on later lines. */
export function addLabelled(
  story: StoryDraft,
  { label, word, text }: Labelled,
  entry: SourceLine,
  tally: Tally,
): void {
  tally.use(entry.line);
  if (text === '') return;
  if (label === 'summary') story.summary.push(text);
  else if (label === 'background') story.background.push(text);
  else if (label === 'points') story.highlights.push(readPoint(text));
  else if (label === 'source' || label === 'link') addSources(story, text, entry.line, tally);
  else if (label === 'tags') {
    story.tag = joinTags(story.tag, text);
    if (/\]\(/.test(text)) tally.leaveOut(entry.line, 'a link among tags');
  } else story.highlights.push({ label: word, text });
}

export function addSources(story: StoryDraft, text: string, line: number, tally: Tally): void {
  const { sources, isWhole } = readSources(text);
  tally.use(line);
  if (!isWhole) tally.leaveOut(line, 'words beside the links of a source line');
  for (const name of addNewSources(story, sources)) {
    tally.leaveOut(line, 'another name of the same source', name);
  }
}

/**
 * Adds the sources that the story does not have; the same link under another name is the same source, and a name is
 * better than its host.
 *
 * @returns the names and addresses that came to stand nowhere
 */
export function addNewSources(story: StoryDraft, sources: readonly Source[]): readonly string[] {
  const lost: string[] = [];
  for (const source of sources) {
    const at = story.sources.findIndex(({ name, url }) =>
      source.url === undefined ? url === undefined && name === source.name : isSamePage(url, source.url),
    );
    const known = story.sources[at];
    if (known === undefined) story.sources.push(source);
    else if (known.url !== source.url) lost.push(source.url ?? source.name);
    else if (known.name === source.name || source.name === siteName(source.url ?? '')) continue;
    else if (known.name === siteName(known.url ?? '')) story.sources[at] = source;
    else lost.push(source.name);
  }
  return lost;
}

/** However the link was passed on: `?utm_source=…` leads nowhere else. */
function isSamePage(one: string | undefined, other: string): boolean {
  if (one === undefined || one === other) return one !== undefined;
  const page = storyPage(one);
  return page !== undefined && page === storyPage(other);
}

/** `[LLM], [多模态]` → `LLM, 多模态`. */
export function joinTags(known: string | undefined, text: string): string {
  const tags = inlineText(text)
    .replace(/[[\]]|(?<!\S)#(?=\S)/g, '')
    .trim();
  return known === undefined ? tags : `${known}, ${tags}`;
}
