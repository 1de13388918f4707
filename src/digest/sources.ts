/** Sources: `[name](url)`, several possible, a bare address, or a name without a link. */

import { isLinkedImage } from './clean-lines.ts';
import type { Source } from './digest.ts';
import { inlineText } from './inline.ts';
import { type LinkMark, marksOf } from './inline-marks.ts';
import { safeUrl, siteName } from './links.ts';
import { columns, hasLetters } from './reading.ts';
import type { SourceLine } from './source-lines.ts';
import type { Tally } from './tally.ts';

/**
 * The sources of a source line, its label taken off. Without any link the whole text is one name, a final 。 dropped.
 *
 * @returns `isWhole`: whether every letter of the text stands in a source
 */
export function readSources(text: string): {
  readonly sources: readonly Source[];
  readonly isWhole: boolean;
} {
  const { sources, besides, hasPicture } = linksIn(text);
  const [only] = sources;
  const beside = besides.replace(/^[\s(（|｜·:：—-]+|[\s(（)）|｜·:：—-]+$/gu, '');
  if (sources.length === 1 && only?.url !== undefined && isBareName(only, beside))
    return { sources: [{ name: beside, url: only.url }], isWhole: !hasPicture };
  if (sources.length > 0) return { sources, isWhole: !hasLetters(besides) && !hasPicture };
  const name = inlineText(text)
    .replace(/[。.]\s*$/u, '')
    .trim();
  return { sources: hasLetters(name) ? [{ name }] : [], isWhole: !/\]\(/.test(text) };
}

/** `青湖日报 https://…`: an address that nothing names but what stands beside it. */
function isBareName({ name, url = '' }: Source, beside: string): boolean {
  return (
    name === siteName(url) &&
    hasLetters(beside) &&
    columns(beside) <= 28 &&
    !/[。！？!?，,；;[\]*`]/u.test(beside)
  );
}

/** Like `readSources`; words that stand in no source are listed. */
export function sourcesIn({ line, text }: SourceLine, tally: Tally): readonly Source[] {
  const { sources, isWhole } = readSources(text);
  if (!isWhole) tally.leaveOut(line, 'words beside the links of a source line');
  return sources;
}

/**
 * The sources of a line that consists of links only, perhaps with marks between them; else `undefined`.
 *
 * @returns `isWhole`: false when a picture stood among them, which no source holds
 */
export function linksOnly(
  text: string,
): { readonly sources: readonly Source[]; readonly isWhole: boolean } | undefined {
  if (!/\[|https?:/i.test(text)) return undefined;
  const { sources, besides, hasPicture } = linksIn(text);
  return sources.length > 0 && !hasLetters(besides) ? { sources, isWhole: !hasPicture } : undefined;
}

/** `text ([name](url))` → the text without the links at its end, and those links. */
export function withoutTrailingLinks(text: string): {
  readonly text: string;
  readonly sources: readonly Source[];
} {
  let end = text.length;
  const sources: Source[] = [];
  for (const mark of topLevelLinks(text).toReversed()) {
    if (hasLetters(text.slice(mark.end, end))) break;
    const source = sourceOf(mark, text);
    if (source === undefined) break;
    sources.unshift(source);
    end = mark.start;
  }
  if (sources.length === 0) return { text, sources };
  return { text: withoutTrailingMarks(text.slice(0, end)), sources };
}

/** Character by character: a pattern anchored at the end would try every start. */
function withoutTrailingMarks(text: string): string {
  let end = text.length;
  while (end > 0 && /[\s([（【|｜·•:：，,、；;—–\-→↗]/u.test(text[end - 1] ?? '')) end--;
  return text.slice(0, end);
}

/** A link at the very start of the text, with what follows it. */
export function leadingLink(
  text: string,
): { readonly title: string; readonly source: Source; readonly rest: string } | undefined {
  const bold = /^(\*\*|__)(?=\[)/.exec(text)?.[1] ?? '';
  const inner = text.slice(bold.length);
  if (!inner.startsWith('[')) return undefined;
  const mark = marksOf(inner).get(0);
  if (mark?.kind !== 'link' || !inner.slice(mark.end).startsWith(bold)) return undefined;
  const title = inner.slice(mark.textStart, mark.textEnd).trim();
  const url = safeUrl(mark.url);
  if (url === undefined || !hasLetters(title) || isLinkedImage(mark, inner)) return undefined;
  return { title, source: { name: siteName(url), url }, rest: inner.slice(mark.end + bold.length).trim() };
}

interface Address {
  readonly kind: 'url';
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function topLevelLinks(text: string): (LinkMark | Address)[] {
  const found: (LinkMark | Address)[] = [];
  let at = 0;
  for (const mark of [...marksOf(text).values()].toSorted((a, b) => a.start - b.start)) {
    if (mark.start < at) continue;
    if (mark.kind === 'link' || mark.kind === 'url') found.push(mark as LinkMark | Address);
    if (mark.kind !== 'tag') at = mark.end;
  }
  return found;
}

function linksIn(text: string): {
  readonly sources: readonly Source[];
  /** The text without its links and pictures. */
  readonly besides: string;
  readonly hasPicture: boolean;
} {
  const sources: Source[] = [];
  let hasPicture = false;
  let besides = '';
  let at = 0;
  for (const mark of topLevelLinks(text)) {
    const source = sourceOf(mark, text);
    const isPicture = source === undefined && mark.kind === 'link' && isPictureLink(mark, text);
    if (source === undefined && !isPicture) continue;
    if (source !== undefined) sources.push(source);
    hasPicture ||= isPicture;
    besides += text.slice(at, mark.start);
    at = mark.end;
  }
  return { sources, besides: besides + text.slice(at), hasPicture };
}

function isPictureLink(mark: LinkMark, text: string): boolean {
  return mark.isImage || isLinkedImage(mark, text);
}

function sourceOf(mark: LinkMark | Address, text: string): Source | undefined {
  const url = safeUrl(mark.kind === 'link' ? mark.url : mark.text);
  if (url === undefined || (mark.kind === 'link' && isPictureLink(mark, text))) return undefined;
  const name = mark.kind === 'link' ? inlineText(text.slice(mark.textStart, mark.textEnd)).trim() : '';
  return { name: hasLetters(name) && name !== url ? name : siteName(url), url };
}
