/** Finds code spans, HTML tags, links, images, addresses and escapes in one pass over a line of Markdown. */

export type InlineMark =
  | {
      readonly kind: 'code' | 'escape' | 'url';
      readonly start: number;
      readonly end: number;
      readonly text: string;
    }
  | { readonly kind: 'tag'; readonly start: number; readonly end: number }
  | LinkMark;

export interface LinkMark {
  readonly kind: 'link';
  readonly start: number;
  readonly textStart: number;
  readonly textEnd: number;
  readonly end: number;
  readonly url: string;
  readonly isImage: boolean;
}

/** Marks by their start. Linear: no stretch is scanned again, a link's destination ends at the next `](`. */
export function marksOf(text: string): Map<number, InlineMark> {
  const marks = new Map<number, InlineMark>();
  const codeEnds = codeSpansOf(text);
  const brackets: number[] = [];
  let at = 0;
  while (at < text.length) {
    const mark = markAt(text, at, codeEnds);
    if (mark !== undefined) {
      marks.set(at, mark);
      at = mark.end;
      continue;
    }
    const character = text[at];
    if (character === '[') brackets.push(at);
    const open = character === ']' ? brackets.pop() : undefined;
    const link = open === undefined ? undefined : linkAt(text, open, at);
    if (link !== undefined) marks.set(link.start, link);
    at = link?.end ?? at + 1;
  }
  return marks;
}

function markAt(text: string, at: number, codeEnds: ReadonlyMap<number, CodeSpan>): InlineMark | undefined {
  switch (text[at]) {
    case '`': {
      const span = codeEnds.get(at);
      if (span === undefined) return undefined;
      const inner = text.slice(at + span.ticks, span.end - span.ticks);
      return { kind: 'code', start: at, end: span.end, text: inner.trim() || inner };
    }
    case '\\':
      return /[!-/:-@[-`{-~]/.test(text[at + 1] ?? '')
        ? { kind: 'escape', start: at, end: at + 2, text: text[at + 1] ?? '' }
        : undefined;
    case '<':
      return bracketedAt(text, at);
    case 'h':
    case 'H':
      return addressAt(text, at);
    default:
      return undefined;
  }
}

interface CodeSpan {
  readonly ticks: number;
  readonly end: number;
}

/** A span ends at the next run of as many backticks as opened it. */
function codeSpansOf(text: string): Map<number, CodeSpan> {
  const runs = [...text.matchAll(/`+/g)].map((match) => ({ start: match.index, ticks: match[0].length }));
  const next = new Map<number, number>();
  const closedBy: (number | undefined)[] = [];
  for (let index = runs.length - 1; index >= 0; index--) {
    const ticks = runs[index]?.ticks ?? 0;
    closedBy[index] = next.get(ticks);
    next.set(ticks, index);
  }
  const spans = new Map<number, CodeSpan>();
  for (let index = 0; index < runs.length; index++) {
    const run = runs[index];
    const close = closedBy[index];
    const closing = close === undefined ? undefined : runs[close];
    if (run === undefined || close === undefined || closing === undefined) continue;
    spans.set(run.start, { ticks: run.ticks, end: closing.start + closing.ticks });
    index = close;
  }
  return spans;
}

const tag = /<(\/?)([A-Za-z][A-Za-z0-9:-]*)(\s[^<>]*)?\/?>|<!--[^<>]*-->|<[!?][^<>]*>/y;
const autolink = /<(https?:\/\/[^\s<>]+)>/iy;
const address = /https?:\/\/[!#$%&+,\-./0-9:;=?@A-Z_a-z~]+/iy;

function bracketedAt(text: string, at: number): InlineMark | undefined {
  autolink.lastIndex = at;
  const link = autolink.exec(text);
  if (link !== null) return { kind: 'url', start: at, end: autolink.lastIndex, text: link[1] ?? '' };
  tag.lastIndex = at;
  const match = tag.exec(text);
  if (match === null) return undefined;
  return isTag(match) ? { kind: 'tag', start: at, end: tag.lastIndex } : undefined;
}

/** `List<String>` is prose: a lone unknown word in angle brackets is no tag. */
function isTag([, slash, name, attributes]: RegExpExecArray): boolean {
  if (name === undefined || slash === '/' || /=|\/\s*$/.test(attributes ?? '')) return true;
  return /[-:]/.test(name) || htmlNames.has(name.toLowerCase());
}

function addressAt(text: string, at: number): InlineMark | undefined {
  if (at > 0 && /[A-Za-z0-9]/.test(text[at - 1] ?? '')) return undefined;
  address.lastIndex = at;
  const found = address.exec(text)?.[0];
  if (found === undefined) return undefined;
  let length = found.length;
  while (/[.,;:!?_]/.test(found[length - 1] ?? '')) length--;
  return { kind: 'url', start: at, end: at + length, text: found.slice(0, length) };
}

/** `[text](destination "title")`, given where the brackets stand. */
function linkAt(text: string, open: number, close: number): LinkMark | undefined {
  if (text[close + 1] !== '(') return undefined;
  let depth = 0;
  let urlEnd: number | undefined;
  for (let at = close + 2; at < text.length; at++) {
    const character = text[at];
    if (character === '(') depth++;
    else if (character === ')' && depth > 0) depth--;
    else if (character === ')') {
      const url = text.slice(close + 2, urlEnd ?? at).replace(/^<([^<>]*)>$/, '$1');
      const isImage = text[open - 1] === '!';
      const start = isImage ? open - 1 : open;
      return { kind: 'link', start, textStart: open + 1, textEnd: close, end: at + 1, url, isImage };
    } else if (character === '\n' || (character === ']' && text[at + 1] === '(')) return undefined;
    else if (/\s/.test(character ?? '')) {
      if (urlEnd === undefined && !/^\s*(?:["'(]|\))/.test(text.slice(at, at + 40))) return undefined;
      urlEnd ??= at;
    }
  }
  return undefined;
}

const htmlNames = new Set(
  (
    'a abbr address area article aside audio b base bdi bdo blockquote body br button canvas caption center cite code ' +
    'col colgroup data dd del details dfn dialog div dl dt em embed fieldset figcaption figure font footer form frame ' +
    'frameset h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label legend li link main map mark ' +
    'marquee menu meta nav noscript object ol option p param picture pre progress q s samp script section select ' +
    'small source span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time ' +
    'title tr track tt u ul var video wbr mjml'
  ).split(' '),
);
