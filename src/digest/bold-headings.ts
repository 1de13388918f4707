/** Bold lines of their own that act as headings. */
import { acting, actingStory, promoteTitlesOverTitles } from './acting-heading.ts';
import { readMarkdownLabel } from './labels.ts';
import { markedText } from './line-shapes.ts';
import type { Block } from './markdown-blocks.ts';
import type { SourceLine } from './source-lines.ts';

/** `**晨报｜3月11日**` on the first line, over other bold lines: the title. */
export function titleAtStart(blocks: readonly Block[]): Block[] {
  const [first, ...rest] = blocks;
  const line = first?.kind === 'text' && first.lines.length === 1 ? boldLine(first) : undefined;
  const title = line === undefined ? undefined : markedText(line.text);
  const others = rest.filter((block) => boldLine(block) !== undefined).length;
  if (line === undefined || title === undefined || others < 2 || !namesDigest.test(title)) return [...blocks];
  return [{ kind: 'heading', level: 1, text: title, line: line.line }, ...rest];
}

const namesDigest =
  /(?:早报|晚报|日报|周报|晨报|午报|简报|快报|快讯|速递|早知道|日刊|周刊|要闻|资讯|\b(?:digest|brief(?:ing)?|newsletter|daily|weekly|bulletin|roundup|news)\b).*(?:\d{1,2}\s*月\s*\d{1,2}|\d{4}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2})|(?:\d{1,2}\s*月\s*\d{1,2}\s*日?|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}).*(?:早报|晚报|日报|周报|晨报|午报|简报|快报|快讯|速递|日刊|周刊|要闻|资讯)/iu;

export function boldOpensMostSections(blocks: readonly Block[]): boolean {
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

/** Every bold line of its own; one that another follows at once is a category. */
export function promoteBold(blocks: readonly Block[]): Block[] {
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
    const keycap = entry.text.slice(0, entry.text.length - withoutKeycap(entry.text).length);
    const title = markedText(withoutKeycap(entry.text));
    parts.push(acting(actingStory, entry, title === undefined ? entry.text : keycap + title));
  }
  flush();
  return parts;
}

/** `1️⃣ **Title**` */
function withoutKeycap(text: string): string {
  return text.replace(/^[\d#*]\ufe0f?\u20e3\s*/u, '');
}

function boldLine(block: Block | undefined): SourceLine | undefined {
  if (block?.kind !== 'text') return undefined;
  const first = block.lines[0] as SourceLine;
  const bold = markedText(withoutKeycap(first.text));
  return bold === undefined || readMarkdownLabel(first.text) !== undefined || /[:：]$/.test(bold)
    ? undefined
    : first;
}
