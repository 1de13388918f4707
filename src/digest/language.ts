/** The language of a text, by share of its letters. */
import type { DigestLanguage } from './digest.ts';

/** Kana from 5 % on: `ja`; Han from 30 % on: `zh`; else `en`, also for a text without letters. */
export function languageOf(text: string): DigestLanguage {
  const letters = countOf(text, /\p{L}/gu);
  if (letters === 0) return 'en';
  if (countOf(text, /[\p{Script=Hiragana}\p{Script=Katakana}]/gu) / letters >= 0.05) return 'ja';
  return countOf(text, /\p{Script=Han}/gu) / letters >= 0.3 ? 'zh' : 'en';
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
