/** Reads Markdown line by line into blocks, each knowing its lines: exact accounting needs no syntax tree. */
import { columns, hasLetters } from './reading.ts';
import type { SourceLine } from './source-lines.ts';
import { type TableBlock, tableAt } from './table-blocks.ts';

export interface HeadingBlock {
  readonly kind: 'heading';
  /** 1 to 6 as written; beyond that, lines that merely act as headings. */
  readonly level: number;
  readonly text: string;
  readonly line: number;
}

export interface TextBlock {
  readonly kind: 'text' | 'quote';
  readonly lines: readonly SourceLine[];
}

/** Code: its content; the fences are structure. */
export interface CodeBlock {
  readonly kind: 'code';
  readonly lines: readonly SourceLine[];
  readonly fences: readonly number[];
}

export interface Item {
  readonly text: string;
  readonly line: number;
  readonly indent: number;
  readonly isOrdered: boolean;
  /** Lines that continue the item. */
  readonly body: SourceLine[];
  readonly children: Item[];
}

export interface ListBlock {
  readonly kind: 'list';
  readonly items: readonly Item[];
}

/** A thematic break; kept because what follows the last one may be a footer. */
export interface RuleBlock {
  readonly kind: 'rule';
}

export type Block = HeadingBlock | TextBlock | CodeBlock | ListBlock | TableBlock | RuleBlock;

/** Every line with a letter in it ends up in exactly one block. */
export function readBlocks(lines: readonly SourceLine[]): Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const [block, next] = blockAt(lines, at);
    if (block !== undefined) blocks.push(block);
    at = next;
  }
  return blocks;
}

type Read = readonly [Block | undefined, number];

function blockAt(lines: readonly SourceLine[], at: number): Read {
  const entry = lines[at] as SourceLine;
  const text = entry.text.trim();
  if (text === '') return [undefined, at + 1];
  if (isRule(text)) return [{ kind: 'rule' }, at + 1];
  if (/^(?:```|~~~)/.test(text)) return readCode(lines, at);
  const heading = headingOf(text);
  if (heading !== undefined) return [{ kind: 'heading', ...heading, line: entry.line }, at + 1];
  if (itemOf(entry) !== undefined) return readList(lines, at);
  if (text.startsWith('>')) return readQuote(lines, at);
  return tableAt(lines, at) ?? readText(lines, at);
}

function readCode(lines: readonly SourceLine[], at: number): Read {
  const open = lines[at] as SourceLine;
  const fence = open.text.trim().slice(0, 3);
  let end = at + 1;
  while (end < lines.length && !lines[end]?.text.trim().startsWith(fence)) end++;
  const close = lines[end];
  // A fence that is never closed would swallow the rest of the day: it is an ordinary line then.
  if (close === undefined) return readText(lines, at);
  const inner = lines.slice(at + 1, end).filter(({ text }) => hasLetters(text));
  return [{ kind: 'code', lines: inner, fences: [open.line, close.line] }, end + 1];
}

function readQuote(lines: readonly SourceLine[], at: number): Read {
  const quoted: SourceLine[] = [];
  let next = at;
  for (; lines[next]?.text.trim().startsWith('>'); next++) {
    const entry = lines[next] as SourceLine;
    quoted.push({ line: entry.line, text: entry.text.trim().replace(/^(?:>\s?)+/, '') });
  }
  return [{ kind: 'quote', lines: quoted }, next];
}

/** A paragraph; `Title` over `=====` is a heading. */
function readText(lines: readonly SourceLine[], at: number): Read {
  const first = lines[at] as SourceLine;
  const under = lines[at + 1]?.text.trim() ?? '';
  if (/^={3,}$/.test(under))
    return [{ kind: 'heading', level: 1, text: first.text.trim(), line: first.line }, at + 2];
  let next = at + 1;
  while (next < lines.length && isContinuation(lines[next] as SourceLine)) next++;
  return [
    { kind: 'text', lines: lines.slice(at, next).map(({ line, text }) => ({ line, text: text.trim() })) },
    next,
  ];
}

function isContinuation(entry: SourceLine): boolean {
  const text = entry.text.trim();
  if (text === '' || isRule(text) || /^(?:```|~~~|>|\|)/.test(text)) return false;
  return headingOf(text) === undefined && itemOf(entry) === undefined;
}

function readList(lines: readonly SourceLine[], at: number): Read {
  const items: Item[] = [];
  const open: Item[] = [];
  let next = at;
  let wasBlank = false;
  for (; next < lines.length; next++) {
    const entry = lines[next] as SourceLine;
    const item = itemOf(entry);
    if (entry.text.trim() === '') wasBlank = true;
    else if (item !== undefined) {
      while (open.length > 0 && !isInside(item, open.at(-1) as Item)) open.pop();
      (open.at(-1)?.children ?? items).push(item);
      open.push(item);
      wasBlank = false;
    } else if (/^(?:\s{2,}|\t)/.test(entry.text) || (!wasBlank && isContinuation(entry))) {
      (open.at(-1) as Item).body.push({ line: entry.line, text: entry.text.trim() });
      wasBlank = false;
    } else break;
  }
  return [{ kind: 'list', items }, next];
}

/** Bullets under a numbered line belong to it even where they are not indented. */
function isInside(item: Item, outer: Item): boolean {
  if (outer.isOrdered && !item.isOrdered && item.indent === outer.indent) return true;
  return item.indent > outer.indent + 1;
}

function headingOf(text: string): { readonly level: number; readonly text: string } | undefined {
  const match = /^(#{1,6})(?:\s+|(?<=##)(?=[^#\s]))(.*)$/su.exec(text);
  const title = match?.[2]?.replace(/(?<=\s)#+$/, '').trim();
  return match?.[1] === undefined || !title ? undefined : { level: match[1].length, text: title };
}

function itemOf({ line, text }: SourceLine): Item | undefined {
  const match =
    /^(\s*)(?:[-*+•·]\s+(?:\[[ xX]\]\s+)?|(\d{1,3})(?:[.)]\s+|[.)](?=\p{Script=Han}|\*\*|\[)|[、．）]\s*))(.*)$/su.exec(
      text,
    );
  if (match === null || isRule(text.trim())) return undefined;
  const indent = (match[1] ?? '').replace(/\t/g, '    ').length;
  return {
    text: (match[3] ?? '').trim(),
    line,
    indent,
    isOrdered: match[2] !== undefined,
    body: [],
    children: [],
  };
}

function isRule(text: string): boolean {
  return /^(?:[-*_=—]\s*){3,}$/.test(text);
}

/** How much prose the blocks hold. */
export function textColumns(blocks: readonly Block[]): number {
  return blocks
    .flatMap((block) => (block.kind === 'text' || block.kind === 'quote' ? block.lines : []))
    .reduce((sum, { text }) => sum + columns(text), 0);
}
