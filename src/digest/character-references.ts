/**
 * HTML's character references in text that came from a page or a feed: `R&amp;D`, `don&#39;t`, `400&nbsp;MWh`. Those of
 * characters that mark something up stay as they are, so that no text becomes a tag or a link (HTML §13.5).
 */
import { marksOf } from './inline-marks.ts';

const named: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  quot: '"',
  nbsp: ' ',
  ensp: ' ',
  emsp: ' ',
  thinsp: ' ',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  middot: '·',
  bull: '•',
  larr: '←',
  rarr: '→',
  times: '×',
  deg: '°',
  copy: '©',
  reg: '®',
  trade: '™',
  euro: '€',
  pound: '£',
  yen: '¥',
  cent: '¢',
};

const reference = /&(?:#(\d{2,6})|#x([\da-f]{2,5})|([a-z]{2,6}));/gi;

/** What a text may not come to hold by being written otherwise: markup, and what is no character for people. */
const kept = /[\p{C}<>[\]()*_`\\~|#!]/u;

/** The text with references written out, outside of code and addresses, and those that went. */
export function withoutReferences(text: string): {
  readonly text: string;
  readonly gone: readonly string[];
} {
  if (!/&[#\w]{2,8};/.test(text)) return { text, gone: [] };
  const gone: string[] = [];
  const marks = [...marksOf(text).values()];
  const isAside = (at: number) =>
    marks.some(({ start, end, ...mark }) => at >= (mark.kind === 'link' ? mark.textEnd : start) && at < end);
  const written = text.replace(reference, (whole, decimal, hexadecimal, name, at: number) => {
    const character = characterOf(decimal, hexadecimal, name);
    if (character === undefined || kept.test(character) || isAside(at)) return whole;
    gone.push(whole);
    return character;
  });
  return { text: written, gone };
}

function characterOf(
  decimal: string | undefined,
  hexadecimal: string | undefined,
  name: string | undefined,
): string | undefined {
  if (name !== undefined) return named[name] ?? named[name.toLowerCase()];
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
