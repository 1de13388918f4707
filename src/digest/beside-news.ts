/** Blocks of a section that are no news: small print, footers, afterwords, what a digest counts of itself. */
import { inlineText } from './inline.ts';
import type { Block, Item } from './markdown-blocks.ts';
import { textColumns } from './markdown-blocks.ts';
import { columns } from './reading.ts';

/** A paragraph that tells something, unlike a dateline or a row of links. */
export function isToldText(block: Block): boolean {
  if ((block.kind !== 'text' && block.kind !== 'quote') || isFooter(block)) return false;
  const text = inlineText(block.lines.map((entry) => entry.text).join(' '));
  if (/^[^\p{L}]*(?:TL;?DR|in short|in brief|导语|导读|摘要|今日要点|一句话总结?)\s*[:：]/iu.test(text))
    return true;
  return columns(text) >= 90 && /[。！？]|[.!?](?:\s|$)/u.test(text);
}

/** A short text at the end of a section, after a list of several stories, is none of theirs. */
export function isAfterword(block: Block, index: number, blocks: readonly Block[]): boolean {
  if ((block.kind !== 'text' && block.kind !== 'quote') || textColumns([block]) >= 120) return false;
  if (blocks.slice(index + 1).some(({ kind }) => kind === 'list' || kind === 'table')) return false;
  const before = blocks.slice(0, index).findLast(({ kind }) => kind === 'list' || kind === 'table');
  return before?.kind === 'table' || (before?.kind === 'list' && before.items.length > 1);
}

/** `| Metric | Value |`: how many stories, from how many sources. */
export function isOwnStatistics(block: Block): boolean {
  if (block.kind !== 'table' || block.header.cells.length !== 2) return false;
  const counted = block.rows.filter(({ cells: [name = ''] }) => ownCount.test(inlineText(name)));
  return counted.length >= 2 && counted.length * 3 >= block.rows.length * 2;
}

const ownCount =
  /^[^\p{L}]*(?:total )?(?:articles|stories|items|topics|categories|sources|feeds|updated|generated|date|(?:文章|新闻|资讯|条目|话题|主题|分类|来源|信源|总)(?:总?数量?|计)?|更新时间|生成时间)[^\p{L}]*$/iu;

/** Nothing but emphasised small print. */
export function isFooter(block: Block): boolean {
  return block.kind === 'text' && block.lines.every(({ text }) => /^[*_](?![*_]).*[*_]$/su.test(text));
}

/** In the last section, what follows a rule and is only text is the file's own footer. */
export function withoutFooter(blocks: readonly Block[]): readonly Block[] {
  const rule = blocks.findIndex((block) => block.kind === 'rule');
  const after = blocks.slice(rule + 1);
  const isFooterAfter = after.every(
    (block) => block.kind === 'text' || block.kind === 'quote' || block.kind === 'rule',
  );
  return rule > 0 && isFooterAfter ? blocks.slice(0, rule) : blocks;
}

export function linesIn(block: Block): number[] {
  if (block.kind === 'rule') return [];
  if (block.kind === 'heading') return [block.line];
  if (block.kind === 'list') return block.items.flatMap(linesOfItem);
  if (block.kind === 'table') return [block.header, ...block.rows].map(({ line }) => line);
  return block.lines.map(({ line }) => line);
}

function linesOfItem(item: Item): number[] {
  return [item.line, ...item.body.map(({ line }) => line), ...item.children.flatMap(linesOfItem)];
}
