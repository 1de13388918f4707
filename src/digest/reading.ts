/** How wide, how long and in which script a text is. */

/** Number of Han and kana characters, which are read one by one, and of words in other scripts. */
export function countHanAndWords(text: string): { readonly han: number; readonly words: number } {
  const han = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu)?.length ?? 0;
  const rest = text.replace(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu, ' ');
  return { han, words: rest.match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}'’.,-]*/gu)?.length ?? 0 };
}

/** Whole minutes: 400 Han characters or 220 words in one. 0 for a text without either. */
export function readingMinutes(text: string): number {
  const { han, words } = countHanAndWords(text);
  return Math.ceil(han / 400 + words / 220);
}

/** Width in terminal columns: a Han, full-width or emoji character counts two. */
export function columns(text: string): number {
  let width = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at) ?? 0;
    if (code > 0xffff) at++;
    if (!isInvisible(code)) width += isWide(code) ? 2 : 1;
  }
  return width;
}

/** Number of letters and digits, those of web addresses left out. */
export function countLetters(text: string): number {
  return text.replace(/https?:\/\/[!-~]+/gi, '').match(/[\p{L}\p{N}]/gu)?.length ?? 0;
}

export function hasLetters(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

/** The copy that is compared, never shown: NFKC, lower case, letters and digits only. */
export function folded(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** Ranges of East Asian Wide and Fullwidth characters and of emoji, first and last. */
const wideRanges = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
] as const;

function isWide(code: number): boolean {
  return code >= 0x1100 && wideRanges.some(([first, last]) => code >= first && code <= last);
}

/** Combining marks, joiners and variation selectors. */
function isInvisible(code: number): boolean {
  if (code < 0x300) return false;
  return code <= 0x36f || (code >= 0x200b && code <= 0x200f) || (code >= 0xfe00 && code <= 0xfe0f);
}
