/** Short lines over longer ones that act as titles, in text without any markup. */
import { acting, actingCategory, actingStory } from './acting-heading.ts';
import { inlineText } from './inline.ts';
import type { Block } from './markdown-blocks.ts';
import { columns, folded } from './reading.ts';
import type { SourceLine } from './source-lines.ts';

/** Where categories are marked out and hold nothing but paragraphs, each begun by a short line: those are titles. */
export function promotePlainTitlesUnder(blocks: readonly Block[]): Block[] {
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
export function promotePlainTitles(blocks: readonly Block[]): Block[] {
  return blocks.flatMap((block, index) => {
    if (block.kind !== 'text' || index === 0) return [block];
    if (!isTitleAt(blocks, index) && !isCategoryAt(blocks, index)) return [block];
    const [first, ...rest] = block.lines as [SourceLine, ...SourceLine[]];
    const heading = acting(actingStory, first);
    return rest.length > 0 ? [heading, { kind: 'text', lines: rest } as const] : [heading];
  });
}

function isTitleAt(blocks: readonly Block[], index: number): boolean {
  const [block, next] = [blocks[index], blocks[index + 1]];
  if (block?.kind !== 'text') return false;
  const [first, second] = block.lines as [SourceLine, ...SourceLine[]];
  const following = second?.text ?? (next?.kind === 'text' ? next.lines[0]?.text : undefined);
  return (
    following !== undefined && isPlainTitle(first.text) && shownColumns(following) > shownColumns(first.text)
  );
}

/** A few words alone, as long as they like, over a title. */
function isCategoryAt(blocks: readonly Block[], index: number): boolean {
  const block = blocks[index];
  if (block?.kind !== 'text' || block.lines.length > 1 || !isTitleAt(blocks, index + 1)) return false;
  const text = block.lines[0]?.text ?? '';
  return columns(text) <= 40 && folded(text).length > 1 && !/[。！？!?….；;：:，,]$|\]\(|\d/u.test(text);
}

export function isPlainTitle(text: string): boolean {
  return shownColumns(text) <= 80 && folded(text).length > 3 && !/[。！？!?….；;：:，,]$/u.test(text);
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
