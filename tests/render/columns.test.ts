import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf, cutToColumns } from '../../src/render/columns.ts';

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

  it('drops a comma before the ellipsis but keeps a closing mark with its pair', () => {
    expect(cutToColumns('重印，今日上架', 9)).toBe('重印…');
    expect(cutToColumns('《三体》，今日上架', 14)).toBe('《三体》…');
  });
});
