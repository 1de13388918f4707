/** Stories of a Markdown digest: from a heading with its text, from a list item, from a row of a table. */

import type { Source } from './digest.ts';
import { addLabelled, addNewSources, addSources, joinTags, newStory, type StoryDraft } from './draft.ts';
import { type Label, type Labelled, readLabel, readMarkdownLabel, readPoint } from './labels.ts';
import type { Block, CodeBlock, Item, TableBlock } from './markdown-blocks.ts';
import { columns, hasLetters } from './reading.ts';
import type { SourceLine } from './source-lines.ts';
import { leadingLink, linksOnly, withoutTrailingLinks } from './sources.ts';
import type { Tally } from './tally.ts';

/** The story of a heading: its links become sources, its number goes. */
export function storyFromHeading(
  text: string,
  line: number,
  blocks: readonly Block[],
  tally: Tally,
): StoryDraft {
  const story = storyTitled(withoutNumber(text), line, false);
  tally.use(line);
  addBlocks(story, blocks, tally);
  return story;
}

/** The story of a list item: `**title**: text ([source](url))`, `[title](url) text`, or a sentence. */
export function storyFromItem(item: Item, tally: Tally): StoryDraft {
  const story = storyTitled(item.text, item.line, true);
  tally.use(item.line);
  addBlocks(story, [{ kind: 'text', lines: item.body }], tally);
  for (const child of item.children) addPoint(story, child, tally);
  return story;
}

/** `1.`, `1)`, `1、`, `一、`, `（一）` at the start and `` `#1` `` at the end of a title. */
export function withoutNumber(text: string): string {
  const bare = text.replace(/`#\d{1,4}`$/u, '').trim();
  const title = bare
    .replace(
      /^(?:\d{1,3}(?:[.)](?!\d)|[、．）])|[一二三四五六七八九十]{1,3}[、.．]|[(（][一二三四五六七八九十\d]{1,3}[)）])\s*/u,
      '',
    )
    .trim();
  return hasLetters(title) ? unbold(title) : text;
}

export function unbold(text: string): string {
  const inner = /^(\*\*|__)(.+)\1$/su.exec(text)?.[2];
  return inner === undefined || inner.includes('**') ? text : inner.trim();
}

function storyTitled(text: string, line: number, maySplit: boolean): StoryDraft {
  const bare = withoutNumber(text);
  const linked = leadingLink(bare);
  if (linked !== undefined) {
    const rest = withoutTrailingLinks(withoutLead(linked.rest));
    return withText(newStory(unbold(linked.title), line), rest.text, [linked.source, ...rest.sources]);
  }
  const { text: kept, sources } = withoutTrailingLinks(bare);
  const whole = kept === '' ? bare : withoutNumber(kept);
  const bold = maySplit
    ? /^(\*\*|__)(?=\S)((?:(?!\1).)+)\1(?=$|\s|[:：。,，—–-])\s*(.*)$/su.exec(whole)
    : null;
  const [title, rest] =
    bold?.[2] !== undefined && isTitleBold(bold[2], bold[3] ?? '')
      ? [bold[2], bold[3] ?? '']
      : maySplit
        ? firstSentence(whole)
        : [whole, ''];
  return withText(newStory(unbold(title.replace(/[:：]$/u, '').trim()), line), withoutLead(rest), sources);
}

/** Bold at the start is a title when punctuation follows or it is long; else it only stresses the first words. */
function isTitleBold(bold: string, rest: string): boolean {
  return rest === '' || /^[:：。,，—–|｜-]/u.test(rest) || /[:：]$/u.test(bold) || columns(bold) >= 20;
}

function withText(story: StoryDraft, text: string, sources: readonly Source[]): StoryDraft {
  if (hasLetters(text)) story.summary.push(text);
  addNewSources(story, sources);
  return story;
}

/** What stands between a title and its text. */
function withoutLead(text: string): string {
  return text.replace(/^[\s:：。.,，;；—–|｜-]+/u, '');
}

/** A long item is parted after its first sentence, never inside of bold, code or a link. */
function firstSentence(text: string): readonly [string, string] {
  if (columns(text) <= 80) return [text, ''];
  const sentence = /[。！？!?]+[”」』’）)]*|\.(?=\s+[\p{Lu}\p{Script=Han}*[])/gu;
  for (const match of text.slice(0, 600).matchAll(sentence)) {
    const end = match.index + match[0].length;
    const title = text.slice(0, end);
    if (isBalanced(title)) return hasLetters(text.slice(end)) ? [title, text.slice(end).trim()] : [text, ''];
  }
  return [text, ''];
}

function isBalanced(text: string): boolean {
  const count = (mark: string) => text.split(mark).length - 1;
  return (
    count('**') % 2 === 0 &&
    count('`') % 2 === 0 &&
    count('[') === count(']') &&
    count('(') + count('（') === count(')') + count('）') &&
    count('“') === count('”')
  );
}

/** Adds what stands under a title to its story. */
export function addBlocks(story: StoryDraft, blocks: readonly Block[], tally: Tally): void {
  let open: Label | undefined;
  blocks.forEach((block, index) => {
    if (block.kind === 'text' || block.kind === 'quote') {
      open = addText(story, block.lines, blocks[index + 1]?.kind === 'list', open, tally);
      return;
    }
    if (block.kind === 'list') for (const item of block.items) addPoint(story, item, tally, open);
    else if (block.kind === 'code') addCode(story, block, tally);
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
  for (const [index, entry] of lines.entries()) {
    const labelled = readMarkdownLabel(entry.text);
    const isLeadIn = isBeforeList && index === lines.length - 1 && /[:：]\**$/u.test(entry.text);
    const isParagraph = labelled === undefined && !isLeadIn && !addMarkedLine(story, entry, tally);
    tally.use(entry.line);
    if (labelled !== undefined) {
      addMarkdownLabelled(story, labelled, entry, tally);
      open = isSource(labelled.label) && labelled.text !== '' ? undefined : labelled.label;
    } else if (isLeadIn) story.highlights.push({ text: entry.text });
    else if (isParagraph && open === 'points') story.highlights.push(readPoint(entry.text));
    else if (isParagraph && isSource(open)) addSources(story, entry.text, entry.line, tally);
    else if (isParagraph) {
      addParagraphLine(open === 'background' ? story.background : story.summary, entry.text, before);
    }
    before = isParagraph ? entry.text : undefined;
  }
  return open;
}

function isSource(label: Label | undefined): boolean {
  return label === 'source' || label === 'link';
}

/** @param before the line before it in the same paragraph; none when it begins one */
function addParagraphLine(field: string[], text: string, before: string | undefined): void {
  if (before === undefined || field.length === 0 || startsAnew(before, text)) field.push(text);
  else field[field.length - 1] += `${gapBetween(before, text)}${text}`;
}

/** A word that only the Markdown reader knows is not known to be structure by whoever counts the lines. */
function addMarkdownLabelled(story: StoryDraft, labelled: Labelled, entry: SourceLine, tally: Tally): void {
  addLabelled(story, labelled, entry, tally);
  const isWordKept = labelled.label === 'why' || labelled.label === 'data' || labelled.label === 'impact';
  if (readLabel(entry.text) === undefined && !isWordKept) tally.leaveOut(entry.line);
}

/** Lines that are all links, all tags, or `Source (name)`. */
function addMarkedLine(story: StoryDraft, entry: SourceLine, tally: Tally): boolean {
  const links = linksOnly(entry.text);
  if (links !== undefined) {
    withText(story, '', links.sources);
    if (!links.isWhole) tally.leaveOut(entry.line);
    return true;
  }
  const named = /^sources?\s*[(（](.+)[)）]$/iu.exec(entry.text)?.[1];
  if (named !== undefined) {
    addSources(story, named, entry.line, tally);
    tally.leaveOut(entry.line);
    return true;
  }
  const tags = /^((?:`[^`]{1,40}`[\s,，、·|/]*){1,12})(?:[—–-]\s*[*_]([^*_]{1,60})[*_])?$/u.exec(entry.text);
  if (tags?.[1] === undefined) return false;
  for (const [, tag] of tags[1].matchAll(/`([^`]+)`/g)) story.tag = joinTags(story.tag, tag ?? '');
  if (tags[2] !== undefined) addSources(story, tags[2], entry.line, tally);
  return true;
}

function startsAnew(last: string, text: string): boolean {
  return /[。！？!?：:]$/u.test(last) || /^(?:\*\*|__)/.test(text);
}

/** Lines broken only for width are one paragraph; between wide characters no space is put. */
function gapBetween(a: string, b: string): string {
  return /[^\u0020-\u02ff]$/u.test(a) && /^[^\u0020-\u02ff]/u.test(b) ? '' : ' ';
}

function addPoint(story: StoryDraft, item: Item, tally: Tally, open?: Label): void {
  const entry = { line: item.line, text: item.text };
  const labelled = readMarkdownLabel(item.text);
  tally.use(item.line);
  if (labelled !== undefined) addMarkdownLabelled(story, labelled, entry, tally);
  else if (isSource(open)) addSources(story, item.text, item.line, tally);
  else if (!addMarkedLine(story, entry, tally) && hasLetters(item.text))
    story.highlights.push(readPoint(item.text));
  if (item.body.length > 0) addText(story, item.body, false, 'points', tally);
  for (const child of item.children) addPoint(story, child, tally, labelled?.label);
}

function addCode(story: StoryDraft, { lines, fences }: CodeBlock, tally: Tally): void {
  for (const line of fences) tally.leaveOut(line);
  for (const { line, text } of lines) {
    tally.use(line);
    story.summary.push(text.includes('`') ? text.trim() : `\`${text.trim()}\``);
  }
}

/** A table inside of a story: each row one point, its first cell the label. */
function addTable(story: StoryDraft, { header, rows }: TableBlock, tally: Tally): void {
  for (const { line, cells } of [header, ...rows]) {
    tally.use(line);
    const [label = '', ...rest] = cells;
    const text = rest.filter(hasLetters).join(' · ');
    if (hasLetters(label) && text !== '') story.highlights.push({ label: unbold(label), text });
    else if (hasLetters(label + text)) story.highlights.push({ text: text === '' ? label : text });
  }
}
