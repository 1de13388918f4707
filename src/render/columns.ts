/** Text measured and cut as it stands on a line: a Han character takes two columns. */

/** Wide by Unicode (UAX #11), and those that are wide in Chinese type: quotes, dash, ellipsis, middle dot. */
const widePattern =
  /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{3ffff}‘’“”—…·]/u;

const ellipsis = '…';
const closers: Readonly<Record<string, string>> = {
  '《': '》',
  '〈': '〉',
  '「': '」',
  '『': '』',
  '【': '】',
  '（': '）',
  '“': '”',
  '‘': '’',
};
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
const words = new Intl.Segmenter('zh', { granularity: 'word' });
/** UTF-16 units: an emoji of a family takes eleven for two columns. What is beyond cannot be on the line. */
const mostUnitsPerColumn = 8;
/** What ends a clause that can stand alone; a comma inside a number is part of a word. */
const clausePattern = /^[，。；！？,;!?]/u;
/** Of the columns that a clause must fill to be better than as many words as fit. */
const clauseShare = 0.7;
const trailingPattern = /[\p{P}\p{S}\s]+$/u;
/** Words that promise another: a title is not cut after one. */
const danglingPattern = /(?:\s+(?:a|an|the|to|of|for|in|on|at|by|and|or|as|with|from|its|is|are))+$/iu;

/** Text on one line: runs of white space and control characters become one space. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}

export function columnsOf(text: string): number {
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += widePattern.test(segment) ? 2 : 1;
  return columns;
}

/** Whether a text takes more than so many columns; looks no further than it must. */
export function isWider(text: string, columns: number): boolean {
  let taken = 0;
  for (const { segment } of graphemes.segment(text)) {
    taken += widePattern.test(segment) ? 2 : 1;
    if (taken > columns) return true;
  }
  return false;
}

/**
 * At most `columns` of the text, cut after a clause if that keeps most of the line, else between words, outside 《》 and
 * other pairs, with `…` where something is missing. Empty when not even one word fits.
 */
export function cutToColumns(text: string, columns: number): string {
  if (!isWider(text, columns)) return text;
  let used = columnsOf(ellipsis);
  let boundary = 0;
  let clause = 0;
  let expected: string[] = [];
  for (const { segment, index } of words.segment(text.slice(0, columns * mostUnitsPerColumn))) {
    if (expected.length === 0 && clausePattern.test(segment) && used > columns * clauseShare) clause = index;
    used += columnsOf(segment);
    if (used > columns) break;
    expected = openPairs(expected, segment);
    if (expected.length === 0) boundary = index + segment.length;
  }
  const kept = withoutTail(
    text
      .slice(0, clause || boundary)
      .trimEnd()
      .replace(danglingPattern, ''),
  );
  return kept === '' ? '' : `${kept}${ellipsis}`;
}

/**
 * `cutToColumns`, but never empty: a text that is one long word, or one long 《》, has no boundary to be cut at, and is
 * cut within.
 */
export function shortened(text: string, columns: number): string {
  const cut = cutToColumns(text, columns);
  if (cut !== '') return cut;
  let kept = '';
  let used = columnsOf(ellipsis);
  for (const character of text.replaceAll(/[《》〈〉]/gu, '')) {
    used += columnsOf(character);
    if (used > columns) break;
    kept += character;
  }
  return `${kept}${ellipsis}`;
}

/** The closing marks that are still awaited after this segment. */
function openPairs(expected: readonly string[], segment: string): string[] {
  const open = [...expected];
  for (const character of segment) {
    const closer = closers[character];
    if (closer !== undefined) open.push(closer);
    else if (open.at(-1) === character) open.pop();
  }
  return open;
}

/** A comma before the ellipsis looks torn off; a closing mark must stay with its pair. */
function withoutTail(text: string): string {
  const tail = trailingPattern.exec(text)?.[0] ?? '';
  const closing = [...tail].findLastIndex((character) => Object.values(closers).includes(character));
  const kept = [...tail].slice(0, closing + 1).join('');
  return text.slice(0, text.length - tail.length) + kept;
}
