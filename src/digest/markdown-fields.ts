/** What stands under a story's title: paragraphs, labelled lines, points, code, tables. */
import { addLabelled, type StoryDraft } from './draft.ts';
import { type Label, type Labelled, readLabel, readMarkdownLabel, readPoint } from './labels.ts';
import { unbold } from './line-shapes.ts';
import type { Block, CodeBlock, Item } from './markdown-blocks.ts';
import { addMarkedLine } from './marked-lines.ts';
import { columns, hasLetters } from './reading.ts';
import type { SourceLine } from './source-lines.ts';
import { addLinks, paragraphEnd } from './source-names.ts';
import { readSources, sourcesIn } from './sources.ts';
import type { TableBlock } from './table-blocks.ts';
import type { Tally } from './tally.ts';

/** Adds what stands under a title to its story. */
export function addBlocks(story: StoryDraft, blocks: readonly Block[], tally: Tally): void {
  let open: Label | undefined;
  blocks.forEach((block, index) => {
    if (block.kind === 'text' || block.kind === 'quote') {
      open = addText(story, block.lines, blocks[index + 1]?.kind === 'list', open, tally);
      return;
    }
    if (block.kind === 'list') for (const item of block.items) addPoint(story, item, tally, open);
    else if (block.kind === 'code') addCode(story, block, open === 'points', tally);
    else if (block.kind === 'table') addTable(story, block, tally);
    open = undefined;
  });
}

/** @returns the label that the last line left open: what follows belongs to it */
function addText(
  story: StoryDraft,
  lines: readonly SourceLine[],
  isBeforeList: boolean,
  openBefore: Label | undefined,
  tally: Tally,
): Label | undefined {
  let open = openBefore;
  let before: string | undefined;
  let heading: string | undefined;
  for (const [index, entry] of lines.entries()) {
    const labelled = readMarkdownLabel(entry.text);
    const isLast = index === lines.length - 1;
    const isLeadIn = isBeforeList && isLast && /[:：]\**$/u.test(entry.text);
    const isMarked = labelled === undefined && !isLeadIn && addMarkedLine(story, entry, tally);
    const isParagraph = labelled === undefined && !isLeadIn && !isMarked;
    tally.use(entry.line);
    if (heading !== undefined && (!isParagraph || isBoldHeading(entry.text) || isSource(open))) {
      story.highlights.push({ text: heading });
      heading = undefined;
    }
    if (labelled !== undefined) {
      addMarkdownLabelled(story, labelled, entry, tally);
      open = isSource(labelled.label) && labelled.text !== '' ? undefined : labelled.label;
    } else if (isLeadIn) story.highlights.push({ text: entry.text });
    else if (isParagraph && isBoldHeading(entry.text)) {
      heading = entry.text;
      if (isLast) {
        story.highlights.push({ text: heading });
        open = 'points';
      }
      before = undefined;
      continue;
    } else if (isParagraph && isSource(open)) addLinks(story, sourcesIn(entry, tally), entry.line, tally);
    else if (isParagraph) {
      const text = withoutEnd(story, entry, entry.text, tally);
      if (heading !== undefined) story.highlights.push(readPoint(`${heading}${text}`));
      else if (open === 'points' || isFact(text)) story.highlights.push(readPoint(text));
      else addParagraphLine(open === 'background' ? story.background : story.summary, text, before);
    }
    heading = undefined;
    before = isParagraph && !isFact(entry.text) ? entry.text : undefined;
  }
  return open;
}

/** `**Label**：` with nothing after it: what follows is what it announces. */
function isBoldHeading(text: string): boolean {
  return /^(\*\*|__)[^*_]{1,60}(?:[:：]\s*\1|\1(?:[（(][^()（）]{1,40}[)）])?\s*[:：])$/u.test(text);
}

/** `**Label**：text`, or the plain line that says by whom. */
function isFact(text: string): boolean {
  return (
    /^(?:[^\p{L}\p{N}*_]{1,4})?(\*\*|__)[^*_:：]{1,40}(?:[:：]\s*\1|\1(?:[（(][^()（）]{1,40}[)）])?\s*[:：])\s*\S/u.test(
      text,
    ) || /^(?:作者|authors?)\s*[:：]\s*\S/iu.test(text)
  );
}

/** The text without the source it ends with, which becomes the story's. */
function withoutEnd(story: StoryDraft, entry: SourceLine, text: string, tally: Tally): string {
  const end = paragraphEnd(text);
  if (end === undefined) return text;
  addLinks(story, end.sources, entry.line, tally);
  if (hasLetters(end.words)) tally.leaveOut(entry.line, 'the word before a source', end.words);
  return end.text;
}

function isSource(label: Label | undefined): boolean {
  return label === 'source' || label === 'link';
}

/** @param before the line before it in the same paragraph; none when it begins one */
function addParagraphLine(field: string[], text: string, before: string | undefined): void {
  if (!hasLetters(text)) return;
  const isUnderShort = before !== undefined && columns(before) <= 30 && columns(before) * 3 < columns(text);
  if (before === undefined || field.length === 0 || isUnderShort || startsAnew(before, text))
    field.push(text);
  else field[field.length - 1] += `${gapBetween(before, text)}${text}`;
}

/** A word that only the Markdown reader knows is not known to be structure by whoever counts the lines. */
function addMarkdownLabelled(story: StoryDraft, labelled: Labelled, entry: SourceLine, tally: Tally): void {
  const { label, word, text } = labelled;
  if (isSource(label)) {
    const { sources, isWhole } = readSources(text);
    tally.use(entry.line);
    addLinks(story, sources, entry.line, tally);
    if (!isWhole) tally.leaveOut(entry.line, 'words beside the links of a source line');
  } else {
    const kept = label === 'tags' ? text : withoutEnd(story, entry, text, tally);
    addLabelled(story, { ...labelled, text: kept }, entry, tally);
  }
  const isWordKept = text !== '' && (label === 'why' || label === 'data' || label === 'impact');
  if (readLabel(entry.text) === undefined && !isWordKept) {
    tally.leaveOut(entry.line, 'the word of a label', word);
  }
}

function startsAnew(last: string, text: string): boolean {
  return /[。！？!?：:]$/u.test(last) || /^(?:\*\*|__)/.test(text) || /^[*_](?![*_]).*[*_]$/u.test(last);
}

/** Lines broken only for width are one paragraph; between wide characters no space is put. */
function gapBetween(a: string, b: string): string {
  return /[^\u0020-\u02ff]$/u.test(a) && /^[^\u0020-\u02ff]/u.test(b) ? '' : ' ';
}

/** A list item under a title: a labelled line, links, or a point; what is nested in it follows. */
export function addPoint(story: StoryDraft, item: Item, tally: Tally, open?: Label): void {
  const entry = { line: item.line, text: item.text };
  const labelled = readMarkdownLabel(item.text);
  tally.use(item.line);
  if (labelled !== undefined) addMarkdownLabelled(story, labelled, entry, tally);
  else if (isSource(open)) addLinks(story, sourcesIn(entry, tally), item.line, tally);
  else if (!addMarkedLine(story, entry, tally) && hasLetters(item.text)) {
    const text = withoutEnd(story, entry, item.text, tally);
    if (hasLetters(text)) story.highlights.push(readPoint(text));
  }
  if (item.body.length > 0) addText(story, item.body, false, 'points', tally);
  for (const child of item.children) addPoint(story, child, tally, labelled?.label);
}

/** Code line by line, among points as one with what announces it; prose in a fence is prose, and a drawing is no text. */
function addCode(story: StoryDraft, { lines, fences }: CodeBlock, isPoint: boolean, tally: Tally): void {
  for (const line of fences) tally.leaveOut(line, 'the fence of a code block');
  const isDrawing = lines.some(({ text }) => /[\u2500-\u257f]/u.test(text));
  const isProse = lines.some(({ text }) => /[。！？]\s*$/u.test(text));
  const code: string[] = [];
  for (const { line, text } of lines) {
    if (isDrawing) {
      tally.leaveOut(line, 'a drawing');
      continue;
    }
    tally.use(line);
    const written = isProse || text.includes('`') ? text.trim() : `\`${text.trim()}\``;
    if (isPoint && !isProse) code.push(written);
    else story.summary.push(written);
  }
  if (code.length > 0) addCodePoint(story, code.join(' '));
}

/** Lines of one command, or of one file, are not points each. */
function addCodePoint(story: StoryDraft, code: string): void {
  const last = story.highlights.at(-1);
  if (last === undefined || !/[：:](?:\*\*|__)?\s*$/u.test(last.text)) story.highlights.push({ text: code });
  else story.highlights[story.highlights.length - 1] = { ...last, text: `${last.text} ${code}` };
}

/** A table inside of a story: each row one point, its first cell the label, the head's words before the others. */
function addTable(story: StoryDraft, { header, rows }: TableBlock, tally: Tally): void {
  tally.leaveOut(header.line, 'the head of a table');
  const names = header.cells.map((cell) => unbold(cell));
  for (const { line, cells } of rows) {
    tally.use(line);
    const [label = '', ...rest] = cells;
    const told = rest
      .map((cell, at) => ({ cell, name: names[at + 1] ?? '' }))
      .filter(({ cell }) => hasLetters(cell));
    const text = told
      .map(({ cell, name }) => (told.length > 1 && hasLetters(name) ? `${name} ${cell}` : cell))
      .join(' · ');
    if (hasLetters(label) && text !== '') story.highlights.push({ label: unbold(label), text });
    else if (hasLetters(label + text)) story.highlights.push({ text: text === '' ? label : text });
  }
}
