/** Which language a page speaks before it knows its subscriber (RFC 9110 §12.5.4). */
import type { Language } from '../../subscribers/preferences.ts';

/** The one of zh and en that an Accept-Language header weighs higher; `fallback` when it names neither. */
export function preferredLanguage(header: string | undefined, fallback: Language = 'zh'): Language {
  const weights = (header ?? '').split(',').map(weightOf);
  const best = (language: Language) =>
    Math.max(0, ...weights.filter((range) => range.language === language).map((range) => range.weight));
  const [zh, en] = [best('zh'), best('en')];
  if (zh === en) return fallback;
  return zh > en ? 'zh' : 'en';
}

function weightOf(range: string): { readonly language: string; readonly weight: number } {
  const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  const weight = quality === undefined ? 1 : Number(quality);
  return { language: tag.split('-')[0] ?? '', weight: Number.isFinite(weight) ? weight : 0 };
}
