/** Lines that merely act as headings where a file has few or none: bold, numbered, marked out, or short over a longer one. */
import { findDate } from './dates.ts';
import { inlineText } from './inline.ts';
import { readMarkdownLabel } from './labels.ts';
import { markedText } from './line-shapes.ts';
import type { Block, HeadingBlock, ListBlock } from './markdown-blocks.ts';
import { isOverview } from './overview-titles.ts';
import { columns, folded, hasLetters } from './reading.ts';
import type { SourceLine } from './source-lines.ts';

/** Levels of lines that act as headings; written headings have 1 to 6. */
const actingCategory = 7;
const actingStory = 8;

/** The blocks, such lines made headings of levels 7 and 8. */
export function withActingHeadings(blocks: readonly Block[]): Block[] {
  const written = blocks.filter((block) => block.kind === 'heading');
  const isUnparted = written.length === 0 || (written.length === 1 && written[0] === blocks[0]);
  let result = isUnparted ? titleAtStart(blocks) : [...blocks];
  if (isUnparted || boldOpensMostSections(blocks)) result = promoteBold(result);
  if (isUnparted) result = promoteNumberedCategories(result.flatMap(partedAtMarks));
  result = promoteSingles(result);
  const categories = result.filter((block) => block.kind === 'heading' && block.level === actingCategory);
  if (isUnparted && categories.length > 0) result = promotePlainTitlesUnder(result);
  const isStillUnparted =
    isUnparted && result.filter((block) => block.kind === 'heading').length === written.length;
  const hasLists = result.some(
    (block) => block.kind === 'table' || (block.kind === 'list' && block.items.length > 1),
  );
  return isStillUnparted && !hasLists ? promoteTitlesOverTitles(promotePlainTitles(result)) : result;
}

/** `**晨报｜3月11日**` on the first line, over other bold lines: the title. */
function titleAtStart(blocks: readonly Block[]): Block[] {
  const [first, ...rest] = blocks;
  const line = first?.kind === 'text' && first.lines.length === 1 ? boldLine(first) : undefined;
  const title = line === undefined ? undefined : markedText(line.text);
  const others = rest.filter((block) => boldLine(block) !== undefined).length;
  if (line === undefined || title === undefined || others < 2 || !namesDigest.test(title)) return [...blocks];
  return [{ kind: 'heading', level: 1, text: title, line: line.line }, ...rest];
}

const namesDigest =
  /(?:早报|晚报|日报|周报|晨报|午报|简报|快报|快讯|速递|早知道|日刊|周刊|要闻|资讯|\b(?:digest|brief(?:ing)?|newsletter|daily|weekly|bulletin|roundup|news)\b).*(?:\d{1,2}\s*月\s*\d{1,2}|\d{4}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2})|(?:\d{1,2}\s*月\s*\d{1,2}\s*日?|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}).*(?:早报|晚报|日报|周报|晨报|午报|简报|快报|快讯|速递|日刊|周刊|要闻|资讯)/iu;

function boldOpensMostSections(blocks: readonly Block[]): boolean {
  let opened = 0;
  let filled = 0;
  blocks.forEach((block, index) => {
    const next = blocks[index + 1];
    if (block.kind !== 'heading' || next === undefined || next.kind === 'heading') return;
    filled++;
    if (boldLine(next) !== undefined) opened++;
  });
  return filled > 0 && opened * 2 >= filled;
}

function boldLine(block: Block | undefined): SourceLine | undefined {
  if (block?.kind !== 'text') return undefined;
  const first = block.lines[0] as SourceLine;
  const bold = markedText(first.text);
  return bold === undefined || readMarkdownLabel(first.text) !== undefined || /[:：]$/.test(bold)
    ? undefined
    : first;
}

/** Every bold line of its own; one that another follows at once is a category. */
function promoteBold(blocks: readonly Block[]): Block[] {
  const parted = blocks.flatMap((block) => (block.kind === 'text' ? partedAtBold(block.lines) : [block]));
  return promoteTitlesOverTitles(parted);
}

function partedAtBold(lines: readonly SourceLine[]): Block[] {
  const parts: Block[] = [];
  let rest: SourceLine[] = [];
  const flush = () => {
    if (rest.length > 0) parts.push({ kind: 'text', lines: rest });
    rest = [];
  };
  for (const entry of lines) {
    if (boldLine({ kind: 'text', lines: [entry] }) === undefined) {
      rest.push(entry);
      continue;
    }
    flush();
    parts.push(acting(actingStory, entry, markedText(entry.text) ?? entry.text));
  }
  flush();
  return parts;
}

/** Lines `【Category】` and `▌Title` inside of a block: what follows such a title at once is its text. */
function partedAtMarks(block: Block): Block[] {
  if (block.kind !== 'text' || block.lines.length === 1) return [block];
  const parts: Block[] = [];
  let rest: SourceLine[] = [];
  const flush = () => {
    if (rest.length > 0) parts.push({ kind: 'text', lines: rest });
    rest = [];
  };
  for (const [index, entry] of block.lines.entries()) {
    const next = block.lines[index + 1]?.text;
    const isCategory = /^【[^】]{1,20}】$/u.test(entry.text);
    const isTitle =
      /^[◆◇■□▶▷►★☆※▌▍▎]\s*\S/u.test(entry.text) && next !== undefined && isPlainTitle(entry.text);
    if (isCategory || (isTitle && !/^[【◆◇■□▶▷►★☆※▌▍▎]/u.test(next))) {
      flush();
      parts.push(acting(isCategory ? actingCategory : actingStory, entry));
    } else rest.push(entry);
  }
  flush();
  return parts;
}

/** `一、标题`, `【标题】` or `🚀 Title` on a line of its own, and a bare `TL;DR`. */
function promoteNumberedCategories(blocks: readonly Block[]): Block[] {
  return blocks.map((block, index) => {
    if (block.kind === 'heading' && block.level === actingStory && isHanNumbered(block.text)) {
      return { ...block, level: actingCategory };
    }
    const only = block.kind === 'text' && block.lines.length === 1 ? block.lines[0] : undefined;
    if (only === undefined || columns(only.text) > 60) return block;
    if (index === 0 && findDate(only.text) !== undefined) return block;
    if (isHanNumbered(only.text) || isMarkedOut(only.text)) return acting(actingCategory, only);
    return isOverview(only.text) && columns(only.text) <= 20 && findDate(only.text) === undefined
      ? acting(actingStory, only)
      : block;
  });
}

function isHanNumbered(text: string): boolean {
  return /^[(（]?[一二三四五六七八九十]{1,3}(?:[)）]|[、.．])\s*\S/u.test(text);
}

function isMarkedOut(text: string): boolean {
  return /^(?:【[^】]{1,20}】|(?:\p{Extended_Pictographic}\ufe0f?|[◆◇■□▶▷►★☆※▌▍▎])\s*[\p{L}][^。！？!?.:：]{0,38})$/u.test(
    text,
  );
}

/** `1) Title` with paragraphs after it, at least two of them. */
function promoteSingles(blocks: readonly Block[]): Block[] {
  const isSingle = (block: Block, index: number): block is ListBlock => {
    const [item, second] = block.kind === 'list' ? block.items : [];
    if (item === undefined || second !== undefined || !item.isOrdered || item.body.length > 0) return false;
    const next = blocks[index + 1]?.kind;
    if (next !== 'text' && next !== 'quote' && item.children.length === 0) return false;
    return hasLetters(item.text) && columns(item.text) <= 120 && !item.text.endsWith('。');
  };
  if (blocks.filter(isSingle).length < 2) return [...blocks];
  return blocks.flatMap((block, index) => {
    const item = isSingle(block, index) ? block.items[0] : undefined;
    if (item === undefined) return [block];
    const heading = acting(actingStory, item);
    return item.children.length > 0 ? [heading, { kind: 'list', items: item.children } as const] : [heading];
  });
}

/** Where categories are marked out and hold nothing but paragraphs, each begun by a short line: those are titles. */
function promotePlainTitlesUnder(blocks: readonly Block[]): Block[] {
  const at = blocks.findIndex((block) => block.kind === 'heading' && block.level === actingCategory);
  const inside = blocks.slice(at);
  const isPlain = inside.every(
    (block) =>
      block.kind === 'rule' ||
      block.kind === 'text' ||
      (block.kind === 'heading' && block.level === actingCategory),
  );
  const texts = inside.flatMap((block) => (block.kind === 'text' ? [block] : []));
  const titled = texts.filter(({ lines: [first, second] }) => {
    const title = first?.text ?? '';
    return second !== undefined && isPlainTitle(title) && columns(second.text) > columns(title);
  });
  if (!isPlain || titled.length < 2 || titled.length * 2 < texts.length) return [...blocks];
  return [...blocks.slice(0, at), ...promotePlainTitles(inside)];
}

/** The last resort for text without any markup: a short line over a longer paragraph. */
function promotePlainTitles(blocks: readonly Block[]): Block[] {
  return blocks.flatMap((block, index) => {
    if (block.kind !== 'text' || index === 0) return [block];
    const [first, ...rest] = block.lines as [SourceLine, ...SourceLine[]];
    const next = blocks[index + 1];
    const following = rest[0]?.text ?? (next?.kind === 'text' ? next.lines[0]?.text : undefined);
    if (
      following === undefined ||
      !isPlainTitle(first.text) ||
      shownColumns(following) <= shownColumns(first.text)
    )
      return [block];
    const heading = acting(actingStory, first);
    return rest.length > 0 ? [heading, { kind: 'text', lines: rest } as const] : [heading];
  });
}

/** A title without a text, over another title, is a category. */
function promoteTitlesOverTitles(blocks: readonly Block[]): Block[] {
  return blocks.map((block, index) => {
    if (block.kind !== 'heading' || block.level !== actingStory) return block;
    const next = blocks[index + 1];
    return next?.kind === 'heading' && next.level === actingStory
      ? { ...block, level: actingCategory }
      : block;
  });
}

/** Without the links at its end and the parentheses before them. */
function shownColumns(text: string): number {
  return columns(
    inlineText(text.replace(/\s*\[[^[\]]*\]\([^()]*\)\s*$/u, '')).replace(
      /\s*[(（][^()（）]{1,24}[)）]\s*$/u,
      '',
    ),
  );
}

function isPlainTitle(text: string): boolean {
  return shownColumns(text) <= 80 && folded(text).length > 3 && !/[。！？!?….；;：:，,]$/u.test(text);
}

function acting(
  level: number,
  { line, text }: Pick<SourceLine, 'line' | 'text'>,
  title = text,
): HeadingBlock {
  return { kind: 'heading', level, text: title, line };
}
