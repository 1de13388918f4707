/** Text cut to fit a line: between words, outside 《》 and other pairs, with `…` where something is missing. */
import { columnsOf, graphemesOf, isWide, isWider } from './columns.ts';

const ellipsis = '…';
const closers: Readonly<Record<string, string>> = {
  '《': '》',
  '〈': '〉',
  '「': '」',
  '『': '』',
  '【': '】',
  '（': '）',
  '(': ')',
  '[': ']',
  '“': '”',
  '‘': '’',
};
const words = new Intl.Segmenter('zh', { granularity: 'word' });
/** UTF-16 units: an emoji of a family takes eleven for two columns. What is beyond cannot be on the line. */
const mostUnitsPerColumn = 8;
/** What ends a clause that can stand alone; a comma inside a number is part of a word. */
const clausePattern = /^[，。；！？,;!?]/u;
/** Words that begin a clause which only adds to the one before. */
const addingPattern = /^(?:as|after|amid|because|before|despite|following|since|though|when|while)$/i;
/** Of the columns that a clause must fill to be better than as many words as fit. */
const clauseShare = 0.7;
/** What would look torn off before the ellipsis; signs such as % and + belong to their word. */
const tailPattern = /[\s，。；！？：、,.;:!?·—–\-|｜/&…《》〈〉「」『』【】（）()[\]“”‘’"']+$/u;
/** Words that promise another: a title is not cut after one. */
const danglingPattern =
  /(?:\s+(?:a|an|the|to|of|for|in|on|at|by|and|or|but|as|with|from|into|over|than|its|his|her|their|is|are|was|were|be|that|which|after|amid|before|while|when|says?|will|not|no))+$/iu;

/**
 * At most `columns` of the text, cut after a clause if that keeps most of the line, else between words. Empty when not
 * even one word fits.
 */
export function cutToColumns(text: string, columns: number): string {
  if (!isWider(text, columns)) return text;
  let [boundary, clause] = [0, 0];
  for (const place of placesToCut(text, columns)) {
    boundary = place.at;
    if (place.endsClause && place.columns > columns * clauseShare) clause = place.at;
  }
  return withEllipsis(text.slice(0, clause || boundary));
}

/**
 * The longest beginning of the text that can stand alone and fits, with `…`; empty when there is none.
 * @param fewest columns that it must take: less says nothing
 */
export function leadingClause(text: string, columns: number, fewest: number): string {
  let clause = 0;
  for (const place of placesToCut(text, columns)) if (place.endsClause) clause = place.at;
  const kept = withEllipsis(text.slice(0, clause));
  return isWider(kept, fewest - 1) ? kept : '';
}

/**
 * `cutToColumns`, but empty only for a text that is: where one long pair leaves no place to cut at, it is cut between the
 * words inside it and loses its opening mark, and one long word is cut within, between what readers take for characters.
 */
export function shortened(text: string, columns: number): string {
  const cut = cutToColumns(text, columns);
  if (cut !== '' || text === '') return cut;
  const unpaired = text.replaceAll(/[《》〈〉「」『』【】（）()[\]“”‘]/gu, '').trim();
  return cutToColumns(unpaired, columns) || cutWithin(unpaired, columns);
}

function cutWithin(text: string, columns: number): string {
  let kept = '';
  let used = columnsOf(ellipsis);
  for (const grapheme of graphemesOf(text)) {
    used += isWide(grapheme) ? 2 : 1;
    if (used > columns) break;
    kept += grapheme;
  }
  return `${kept}${ellipsis}`;
}

interface PlaceToCut {
  /** What stands before it is kept. */
  readonly at: number;
  readonly endsClause: boolean;
  /** Taken by what is kept and the ellipsis. */
  readonly columns: number;
}

/** Where the text may end in so many columns, in order. */
function* placesToCut(text: string, columns: number): Generator<PlaceToCut> {
  const limit = columns * mostUnitsPerColumn;
  let used = columnsOf(ellipsis);
  let expected: string[] = [];
  for (const { segment, index } of words.segment(text.slice(0, limit))) {
    const isOutside = expected.length === 0;
    if (isOutside && index > 0 && isBetweenWords(text, index)) {
      const endsClause = clausePattern.test(segment) || addingPattern.test(segment);
      yield { at: index, endsClause, columns: used };
    }
    used += columnsOf(segment);
    if (used > columns) return;
    expected = openPairs(expected, segment, text.slice(index));
  }
}

/**
 * Two narrow characters side by side are one word, whatever stands between its parts: `GPT-5`, `30%`, `and/or`. A number
 * keeps what it counts: $50 is not $50 million, nor 50 the same as 50 亿.
 */
function isBetweenWords(text: string, at: number): boolean {
  if (/\d\s?$/.test(text.slice(Math.max(0, at - 2), at)) && /^\s?\p{L}/u.test(text.slice(at))) return false;
  const [before = '', after = ''] = [[...text.slice(Math.max(0, at - 2), at)].at(-1), text.slice(at)];
  return isLoose(before) || isLoose(after) || /^[,;:!?.)\]"']+(?:\s|$)/u.test(after);
}

function isLoose(character: string): boolean {
  return /^\s/u.test(character) || isWide(character) || /^\p{Script=Han}/u.test(character);
}

/** The closing marks that are still awaited after this segment; a mark that is never closed opens nothing. */
function openPairs(expected: readonly string[], segment: string, rest: string): string[] {
  const open = [...expected];
  for (const character of segment) {
    const closer = closers[character];
    if (closer !== undefined && rest.includes(closer)) open.push(closer);
    else if (open.at(-1) === character) open.pop();
  }
  return open;
}

function withEllipsis(beginning: string): string {
  const kept = withoutTail(beginning.trimEnd().replace(danglingPattern, ''));
  return kept === '' ? '' : `${kept}${ellipsis}`;
}

/** A closing mark must stay with its pair. */
function withoutTail(text: string): string {
  const tail = tailPattern.exec(text)?.[0] ?? '';
  const closing = [...tail].findLastIndex((character) => Object.values(closers).includes(character));
  const kept = [...tail].slice(0, closing + 1).join('');
  return text.slice(0, text.length - tail.length) + kept;
}
