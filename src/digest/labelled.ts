/** The labelled format: bold lines are categories and stories; a story is one that a label line follows. */
import {
  addLabelled,
  addSources,
  currentCategory,
  type DigestDraft,
  type FormatParser,
  newDigestDraft,
  newStory,
  type StoryDraft,
  setTitle,
} from './draft.ts';
import { bareLabel, type Label, readLabel, readPoint } from './labels.ts';
import { bulletText, markedText } from './line-shapes.ts';
import { addClosing, addToAnalysis, openPart, type Part } from './parts.ts';
import { hasLetters } from './reading.ts';
import type { SourceLine } from './source-lines.ts';
import type { Tally } from './tally.ts';

export const parseLabelled: FormatParser = ({ lines: all, tally }) => {
  const lines = all
    .filter(({ text }) => hasLetters(text))
    .map(({ line, text }) => ({ line, text: text.trim() }));
  const draft = newDigestDraft();
  const start = takeTitle(draft, lines, tally);
  let part: Part | 'stories' = 'stories';
  let story: StoryDraft | undefined;
  let label: Label | undefined;

  for (const [index, entry] of lines.entries()) {
    if (index < start) continue;
    const isFollowedByLabel = isLabelLine(lines[index + 1]);
    const marked = markedText(entry.text);
    const labelled = readLabel(entry.text) ?? (marked === undefined ? undefined : readLabel(marked));
    const opened = openPart(draft, bareLabel(entry.text), labelled);
    if (opened !== undefined) {
      part = opened;
      story = undefined;
    } else if (marked !== undefined && part === 'analysis' && isFollowedByLabel) {
      draft.analyses.push({ title: marked, fields: [] });
    } else if (marked !== undefined && labelled === undefined) {
      part = 'stories';
      label = undefined;
      story = isFollowedByLabel ? newStory(marked, entry.line) : undefined;
      if (story === undefined) draft.categories.push({ name: marked, lines: [entry.line], stories: [] });
      else currentCategory(draft).stories.push(story);
    } else if (part === 'stories') {
      if (story === undefined) continue;
      if (labelled === undefined) continueField(story, label, entry, tally);
      else addLabelled(story, labelled, entry, tally);
      label = labelled?.label ?? label;
    } else if (part === 'trends') draft.trends.push(readPoint(bulletText(entry.text) ?? entry.text));
    else if (part === 'closing') addClosing(draft, entry.text);
    else addToAnalysis(draft, entry.text);
    tally.use(entry.line);
  }
  return draft;
};

const storyLabels: readonly Label[] = ['summary', 'background', 'points', 'source'];

/** Whether the line begins with a label that only a story has. */
export function isLabelLine(entry: SourceLine | undefined): boolean {
  const label = entry === undefined ? undefined : readLabel(entry.text.trim())?.label;
  return label !== undefined && storyLabels.includes(label);
}

/** The first line, unless it already opens a story. Returns the index of the line after it. */
function takeTitle(draft: DigestDraft, lines: readonly SourceLine[], tally: Tally): number {
  const first = lines[0];
  if (first === undefined || isLabelLine(lines[1]) || readLabel(first.text) !== undefined) return 0;
  setTitle(draft, markedText(first.text) ?? first.text, first.line, tally);
  return 1;
}

/** A line without a label continues the field that the last label opened. */
function continueField(
  story: StoryDraft,
  open: Label | undefined,
  { line, text }: SourceLine,
  tally: Tally,
): void {
  const point = bulletText(text);
  if (open === 'source' || open === 'link') addSources(story, point ?? text, line, tally);
  else if (point !== undefined || open === 'points') story.highlights.push(readPoint(point ?? text));
  else if (open === 'background') story.background.push(text);
  else story.summary.push(text);
}
