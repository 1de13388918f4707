import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { besidesDate, findDate, isCalendarDate, titleWithoutDate } from '../../src/digest/dates.ts';
import { languageOf } from '../../src/digest/language.ts';
import { columns, countHanAndWords, folded, readingMinutes } from '../../src/digest/reading.ts';

describe('width and length', () => {
  it('counts Han and full-width characters twice', () => {
    expect(columns('AI技术')).toBe(6);
    expect(columns('ＡＩ：')).toBe(6);
    expect(columns('cafe\u0301')).toBe(4);
    expect(columns('🤔')).toBe(2);
  });

  it('counts Han characters and words', () => {
    expect(countHanAndWords('阶跃星辰开源Agent基模Step 3.5 Flash')).toEqual({ han: 8, words: 4 });
  });

  it.each([
    ['', 0],
    ['字'.repeat(400), 1],
    ['字'.repeat(401), 2],
    ['word '.repeat(220), 1],
    [`${'字'.repeat(200)} ${'word '.repeat(111)}`, 2],
  ])('rounds minutes up', (text, minutes) => expect(readingMinutes(text)).toBe(minutes));

  it('folds width, case and punctuation', () => expect(folded('ＡＩ：Step 3.5!')).toBe('aistep35'));
});

describe('language', () => {
  it.each([
    ['新版发布', 'zh'],
    ['The new Step 3.5 模型', 'en'],
    ['OpenAI 发布新模型', 'zh'],
    ['東京で新しい発表', 'ja'],
    ['1234 !!', 'en'],
  ])('%s is %s', (text, language) => expect(languageOf(text)).toBe(language));
});

describe('dates', () => {
  it.each([
    ['AI 行业动态 (2026-02-03)', '2026-02-03'],
    ['2026/2/3', '2026-02-03'],
    ['早报 2026年2月3日（周二）', '2026-02-03'],
    ['Daily — February 3, 2026', '2026-02-03'],
    ['Feb. 3rd, 2026', '2026-02-03'],
    ['3 February 2026', '2026-02-03'],
    ['2026-02-30, then 2026-02-03', '2026-02-03'],
  ])('%s', (text, date) => expect(findDate(text)?.date).toBe(date));

  it.each(['02-03', 'v2026.13.1', '12026-02-03', 'May 2026', '2026-02-31'])('%s holds none', (text) =>
    expect(findDate(text)).toBeUndefined(),
  );

  it('any calendar day is found again', () => {
    const days = fc.date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(days, (day) => {
        const date = day.toISOString().slice(0, 10);
        const [y, m, d] = date.split('-').map(Number);
        expect(isCalendarDate(date)).toBe(true);
        for (const text of [date, `${y}/${m}/${d}`, `${y}年${m}月${d}日`])
          expect(findDate(`简报${text}`)?.date).toBe(date);
      }),
    );
  });

  it('a title loses only a date in parentheses at its end', () => {
    expect(titleWithoutDate('速览(2026-02-02)')).toBe('速览');
    expect(titleWithoutDate('早报 2026-02-26')).toBe('早报 2026-02-26');
    expect(titleWithoutDate('(2026-02-02)')).toBe('(2026-02-02)');
  });

  it('what is left beside a date has no weekday', () =>
    expect(besidesDate('2026年2月3日（周二）早报').trim()).toBe('早报'));
});
