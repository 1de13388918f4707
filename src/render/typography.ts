/** Type for the language of the digest: readers' own system fonts, no web font. */
import type { DigestLanguage } from '../digest/digest.ts';

export interface Typography {
  /** Value of the `lang` attribute, BCP 47: it also tells which shapes shared Han characters take. */
  readonly lang: string;
  /** Unquoted, so that it needs no escaping in an attribute. */
  readonly family: string;
  /** Outlook on Windows takes the first name of a list or Times: it is told one font. */
  readonly outlookFamily: string;
  readonly lineHeight: string;
}

export function typographyFor(lang: DigestLanguage): Typography {
  return typographies[lang];
}

const typographies: Readonly<Record<DigestLanguage, Typography>> = {
  zh: {
    lang: 'zh-CN',
    family:
      '-apple-system, BlinkMacSystemFont, PingFang SC, Hiragino Sans GB, Microsoft YaHei, Noto Sans CJK SC, sans-serif',
    outlookFamily: 'Microsoft YaHei',
    lineHeight: '1.75',
  },
  en: {
    lang: 'en',
    family: '-apple-system, BlinkMacSystemFont, Segoe UI, Roboto, Helvetica, Arial, sans-serif',
    outlookFamily: 'Segoe UI',
    lineHeight: '1.6',
  },
  ja: {
    lang: 'ja',
    family:
      '-apple-system, BlinkMacSystemFont, Hiragino Sans, Yu Gothic, Meiryo, Noto Sans CJK JP, sans-serif',
    outlookFamily: 'Yu Gothic',
    lineHeight: '1.75',
  },
};
