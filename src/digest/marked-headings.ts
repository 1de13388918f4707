/** Lines that act as headings by what they begin with: a number, a bracket, a mark. */
import { acting, actingCategory, actingStory } from './acting-heading.ts';
import { findDate } from './dates.ts';
import type { Block, ListBlock } from './markdown-blocks.ts';
import { isOverview } from './overview-titles.ts';
import { isPlainTitle } from './plain-headings.ts';
import { columns, hasLetters } from './reading.ts';
import type { SourceLine } from './source-lines.ts';

/** Lines `【Category】` and `▌Title` inside of a block: what follows such a title at once is its text. */
export function partedAtMarks(block: Block): Block[] {
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
export function promoteNumberedCategories(blocks: readonly Block[]): Block[] {
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
export function promoteSingles(blocks: readonly Block[]): Block[] {
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
