/**
 * The tagged format: plain lines without any markup. `TAG-title`, one or more paragraphs, `来源:name`; bare short
 * lines are categories. A state machine, because paragraphs hold dashes and colons as well.
 */
import {
  addLabelled,
  currentCategory,
  type DigestDraft,
  type FormatParser,
  newDigestDraft,
  newStory,
  type StoryDraft,
  setTitle,
} from './draft.ts';
import { bareLabel, readLabel, readPoint } from './labels.ts';
import { bulletText } from './line-shapes.ts';
import { addClosing, addToAnalysis, openPart, type Part } from './parts.ts';
import { columns, hasLetters } from './reading.ts';
import { topicsIn } from './resolve-topics.ts';
import type { SourceLine } from './source-lines.ts';
import type { Tally } from './tally.ts';
import type { Topic } from './topics.ts';

/** What may come next: after a source line never a paragraph. */
type State = 'between' | 'body' | Part;

export const parseTagged: FormatParser = ({ lines: all, tally, topics }) => {
  const lines = all
    .filter(({ text }) => hasLetters(text))
    .map(({ line, text }) => ({ line, text: text.trim() }));
  const draft = newDigestDraft();
  const start = takeTitle(draft, lines, topics, tally);
  let state: State = 'between';
  let story: StoryDraft | undefined;

  for (const [index, entry] of lines.entries()) {
    if (index < start) continue;
    const opened = openPart(draft, bareLabel(entry.text), readLabel(entry.text));
    const mayOpen = state === 'between' || (state === 'body' && hasBody(story));
    const isUntagged = state === 'between' && isUntaggedTitle(lines, index, topics);
    if (opened !== undefined) state = opened;
    else if (mayOpen && (isStoryTitle(lines, index, topics) || isUntagged)) {
      story = startStory(draft, entry, topics);
      state = 'body';
    } else if (mayOpen && isCategory(lines, index, topics)) {
      draft.categories.push({ name: entry.text, lines: [entry.line], stories: [] });
      state = 'between';
      story = undefined;
    } else if (state === 'body' || (state === 'between' && readLabel(entry.text) !== undefined)) {
      if (story === undefined) continue;
      state = addToStory(story, entry, state, tally);
    } else if (state === 'between') continue;
    else if (state === 'trends') draft.trends.push(readPoint(bulletText(entry.text) ?? entry.text));
    else if (state === 'closing') addClosing(draft, entry.text);
    else addToAnalysis(draft, entry.text);
    tally.use(entry.line);
  }
  return draft;
};

/** The tag before the first dash: at most 8 Han wide, no punctuation, with a Han character or a topic's alias. */
export function readTag(
  text: string,
  topics: readonly Topic[],
): { readonly tag: string; readonly title: string } | undefined {
  const dash = text.search(/[-－–—]/u);
  if (dash < 1 || dash >= 10 || /^[-－–—]{2}/u.test(text.slice(dash))) return undefined;
  const tag = text.slice(0, dash).trim();
  const title = text.slice(dash + 1).trim();
  if (!/^[\p{L}\p{M}\p{N} +&]+$/u.test(tag) || columns(tag) > 16 || !hasLetters(title)) return undefined;
  return /\p{Script=Han}/u.test(tag) || topicsIn(tag, topics).length > 0 ? { tag, title } : undefined;
}

/** A tagged title: at most 60 columns, no final 。, and a longer line after it. */
export function isStoryTitle(lines: readonly SourceLine[], index: number, topics: readonly Topic[]): boolean {
  const text = lines[index]?.text ?? '';
  return isTitleLike(text) && isLongerAfter(lines, index) && readTag(text, topics) !== undefined;
}

function isUntaggedTitle(lines: readonly SourceLine[], index: number, topics: readonly Topic[]): boolean {
  const text = lines[index]?.text ?? '';
  if (!isTitleLike(text) || !isLongerAfter(lines, index) || index === 0) return false;
  return !isCategory(lines, index, topics);
}

/** No tag, at most 16 characters, and a story title after it. */
function isCategory(lines: readonly SourceLine[], index: number, topics: readonly Topic[]): boolean {
  const text = lines[index]?.text ?? '';
  if ([...text].length > 16 || !isTitleLike(text) || readTag(text, topics) !== undefined) return false;
  if (isStoryTitle(lines, index + 1, topics)) return true;
  // An untagged title after it: the line after next is then the longer one.
  const next = lines[index + 1]?.text ?? '';
  return isTitleLike(next) && isLongerAfter(lines, index + 1) && columns(next) <= 60 && isPlain(next);
}

function isTitleLike(text: string): boolean {
  return columns(text) <= 60 && !/[。；;：:]$/u.test(text) && isPlain(text);
}

function isPlain(text: string): boolean {
  return readLabel(text) === undefined && bareLabel(text) === undefined && !/^[-*•·]\s/u.test(text);
}

function isLongerAfter(lines: readonly SourceLine[], index: number): boolean {
  const next = lines[index + 1]?.text;
  return (
    next !== undefined && readLabel(next) === undefined && columns(next) > columns(lines[index]?.text ?? '')
  );
}

/** The first line, unless it already opens a story. Returns the index of the line after it. */
function takeTitle(
  draft: DigestDraft,
  lines: readonly SourceLine[],
  topics: readonly Topic[],
  tally: Tally,
): number {
  const first = lines[0];
  if (first === undefined || isStoryTitle(lines, 0, topics) || !isPlain(first.text)) return 0;
  setTitle(draft, first.text, first.line, tally);
  return 1;
}

function addToStory(story: StoryDraft, entry: SourceLine, now: State, tally: Tally): State {
  const labelled = readLabel(entry.text);
  if (labelled === undefined) story.summary.push(entry.text);
  else addLabelled(story, labelled, entry, tally);
  return labelled?.label === 'source' ? 'between' : now;
}

function startStory(draft: DigestDraft, entry: SourceLine, topics: readonly Topic[]): StoryDraft {
  const tagged = readTag(entry.text, topics);
  const story = newStory(tagged?.title ?? entry.text, entry.line);
  if (tagged !== undefined) story.tag = tagged.tag;
  currentCategory(draft).stories.push(story);
  return story;
}

function hasBody(story: StoryDraft | undefined): boolean {
  return story !== undefined && story.summary.length + story.background.length + story.highlights.length > 0;
}
