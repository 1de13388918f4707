/** Whether a text stands in another language than what is around it, told only where its letters leave no doubt. */
import type { DigestLanguage } from './digest.ts';

/** Fewer are a name, or a word that is quoted. */
const fewestHan = 6;
const fewestLatin = 20;
const fewestWords = 4;

/** Kana from here on: no Chinese text that names something Japanese. */
const japaneseShare = 0.3;
const chineseShare = 0.3;
const latinShare = 0.95;

/** Chinese is not written with these, so that Han without kana is not taken for it: an address, a headline. */
const japaneseForms = /[県駅円図発売対応戦経済労働変価気検験総権沢浜辺込峠読続単収営]|東京都|丁目|番地/u;

/** Names have none of them, nor have most languages that share the letters. */
const englishWords =
  /\b(?:the|and|to|for|with|without|from|that|this|by|into|after|among|its|their|how|why|what|who|says|your|you)\b|n[’']t\b|[a-z][’']s\b/iu;

/**
 * The language of a text that is clearly not in that of its surroundings; undefined where it is, and where one cannot
 * be sure: short texts, names, a mixture, Latin letters of a language without English words.
 * @param text without markup
 */
export function foreignLanguage(text: string, around: DigestLanguage): DigestLanguage | undefined {
  const language = clearLanguage(text);
  // Japanese headlines may do without kana.
  const isUnsure = around === 'ja' && language === 'zh';
  return language === around || isUnsure ? undefined : language;
}

function clearLanguage(text: string): DigestLanguage | undefined {
  const letters = countOf(text, /\p{L}/gu);
  const kana = countOf(text, /[\p{Script=Hiragana}\p{Script=Katakana}]/gu);
  const han = countOf(text, /\p{Script=Han}/gu);
  if (kana + han >= fewestHan && kana / letters >= japaneseShare) return 'ja';
  if (kana > 0) return undefined;
  if (han >= fewestHan && han / letters >= chineseShare) return japaneseForms.test(text) ? undefined : 'zh';
  return isEnglish(text, letters) ? 'en' : undefined;
}

function isEnglish(text: string, letters: number): boolean {
  const latin = countOf(text, /[a-z]/giu);
  const words = text.match(/[a-z]{2,}/giu)?.length ?? 0;
  const isLong = latin >= fewestLatin && words >= fewestWords;
  return isLong && latin / letters >= latinShare && englishWords.test(text);
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
