import { describe, expect, it } from 'vitest';
import { preferredLanguage } from '../../src/web/language.ts';

describe('the language of a page without a subscriber', () => {
  it.each([
    ['en-US,en;q=0.9', 'en'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    ['fr, en;q=0.3, zh;q=0.2', 'en'],
    ['EN', 'en'],
    ['zh-Hant-TW', 'zh'],
  ])('follows %s', (header, language) => {
    expect(preferredLanguage(header, language === 'zh' ? 'en' : 'zh')).toBe(language);
  });

  it.each([undefined, '', '*', 'fr', 'en;q=0', 'en;q=x', ';;,,='])('falls back for %s', (header) => {
    expect(preferredLanguage(header, 'zh')).toBe('zh');
  });
});
