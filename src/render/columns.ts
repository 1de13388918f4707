/** Text measured as it stands on a line: a Han character takes two columns. */

/** Wide by Unicode (UAX #11), and those that are wide in Chinese type: quotes, dash, ellipsis, middle dot. */
const widePattern =
  /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{3ffff}‘’“”—…·]/u;

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Text on one line: runs of white space and control characters become one space. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}

/** What a reader takes for one character each. */
export function* graphemesOf(text: string): Generator<string> {
  for (const { segment } of graphemes.segment(text)) yield segment;
}

export function isWide(character: string): boolean {
  return widePattern.test(character);
}

export function columnsOf(text: string): number {
  let columns = 0;
  for (const grapheme of graphemesOf(text)) columns += isWide(grapheme) ? 2 : 1;
  return columns;
}

/** Whether a text takes more than so many columns; looks no further than it must. */
export function isWider(text: string, columns: number): boolean {
  let taken = 0;
  for (const grapheme of graphemesOf(text)) {
    taken += isWide(grapheme) ? 2 : 1;
    if (taken > columns) return true;
  }
  return false;
}
