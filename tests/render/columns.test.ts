import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../src/render/columns.ts';
import { cutToColumns, leadingClause, shortened } from '../../src/render/shorten.ts';

const word = fc.constantFrom(
  '人工智能',
  'GPT-5',
  '《三体》',
  '（附全文）',
  '“闪应用”',
  '，',
  '：',
  ' ',
  '👩‍🚀',
  '🎉',
  '𠮷野家',
  '2.0',
);
const title = fc.array(word, { minLength: 1, maxLength: 24 }).map((words) => words.join(''));

describe('text on a line', () => {
  it('counts a Han character as two columns and a Latin one as one', () => {
    expect(columnsOf('GPT-5 发布')).toBe(10);
    expect(columnsOf('𠮷')).toBe(2);
    expect(columnsOf('👩‍🚀')).toBe(2);
  });

  it('stays whole when it fits', () => {
    expect(cutToColumns('《三体》重印', 12)).toBe('《三体》重印');
  });

  it('is never longer than asked, never half a character and never an open 《 or “', () => {
    fc.assert(
      fc.property(title, fc.integer({ min: 2, max: 60 }), (text, columns) => {
        const cut = cutToColumns(text, columns);
        expect(columnsOf(cut)).toBeLessThanOrEqual(columns);
        expect(cut).not.toMatch(/\p{Surrogate}/u);
        for (const [open, close] of ['《》', '（）', '“”']) {
          expect(cut.split(open!).length).toBe(cut.split(close!).length);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is cut between words, not within one', () => {
    expect(cutToColumns('国家医保局明确监管', 14)).toMatch(/^国家.*…$/);
    expect(cutToColumns('Council agrees on a right to repair', 30)).toBe('Council agrees on a right…');
    expect(cutToColumns('OpenAI releases transformers', 18)).toBe('OpenAI releases…');
  });

  it('is cut after a clause where that keeps most of the line', () => {
    expect(cutToColumns('推出Ray3，首个推理视频模型，支持高动态范围', 36)).toBe(
      '推出Ray3，首个推理视频模型…',
    );
    expect(cutToColumns('推出，首个推理视频模型且支持高动态范围', 30)).toBe('推出，首个推理视频模型且支持…');
    expect(cutToColumns('Revenue of 1,000,000 grew, they say again', 30)).toBe('Revenue of 1,000,000 grew…');
  });

  it('keeps its signs: 30% is not 30, nor $50 million $50', () => {
    expect(cutToColumns('Sales grew by 30%, the maker says today', 21)).toBe('Sales grew by 30%…');
    expect(cutToColumns('Why C++ and Rust meet in one kernel', 12)).toBe('Why C++…');
    expect(cutToColumns('两家基金会投入50亿元建设', 18)).toBe('两家基金会投入…');
    expect(cutToColumns('Two give 50 million for tools', 15)).toBe('Two give…');
  });

  it('is cut also within a pair that leaves no other place, and loses the mark of it', () => {
    expect(shortened('“Lowland agrees on a right to repair”', 22)).toBe('Lowland agrees…');
    expect(shortened('《很长很长的一本书的名字》', 12)).toMatch(/^[^《》]+…$/);
    expect(cutToColumns('A “quote that never ends and goes on', 22)).toBe('A “quote that never…');
  });

  it('is cut within a word when there is but one, between what readers take for characters', () => {
    expect(shortened('Supercalifragilistic', 10)).toBe('Supercal…');
    const family = '👩‍👩‍👧‍👦';
    expect(shortened(family.repeat(6), 7)).toBe(`${family.repeat(2)}…`);
    expect(shortened('é'.repeat(20), 7)).toBe(`${'é'.repeat(5)}…`);
  });

  it('stays empty when it is', () => {
    for (const columns of [0, 1, 60]) expect(shortened('', columns)).toBe('');
  });

  it('begins with the longest clause that can stand alone', () => {
    expect(leadingClause('Rates rise again as prices climb', 30, 10)).toBe('Rates rise again…');
    expect(leadingClause('推出，首个推理视频模型，支持高动态', 28, 10)).toBe('推出，首个推理视频模型…');
    expect(leadingClause('推出，首个推理视频模型且支持高动态', 28, 10)).toBe('');
    expect(leadingClause('', 28, 10)).toBe('');
  });

  it('drops a comma before the ellipsis but keeps a closing mark with its pair', () => {
    expect(cutToColumns('重印，今日上架', 9)).toBe('重印…');
    expect(cutToColumns('《三体》，今日上架', 14)).toBe('《三体》…');
  });
});
