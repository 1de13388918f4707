/** The language of a digest: as it names it itself, or by share of its letters. */
import { type DigestLanguage, digestLanguages } from './digest.ts';

/** Kana from 5 % on: `ja`; Han from 30 % on: `zh`; else `en`, also for a text without letters. */
export function languageOf(text: string): DigestLanguage {
  const letters = countOf(text, /\p{L}/gu);
  if (letters === 0) return 'en';
  if (countOf(text, /[\p{Script=Hiragana}\p{Script=Katakana}]/gu) / letters >= 0.05) return 'ja';
  return countOf(text, /\p{Script=Han}/gu) / letters >= 0.3 ? 'zh' : 'en';
}

/** The language that a tag names (BCP 47: `zh-CN`, `en`); undefined for one that mails are not set in. */
export function languageNamed(tag: string): DigestLanguage | undefined {
  const primary = tag.split(/[-_]/u)[0]?.toLowerCase();
  return digestLanguages.find((language) => language === primary);
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
