import { describe, expect, it } from 'vitest';
import type { DigestLanguage } from '../../src/digest/digest.ts';
import { foreignLanguage } from '../../src/digest/foreign-language.ts';

describe('the language of a text among others', () => {
  it.each([
    ['Meta Raises Its Spending Forecast on A.I. to Above $70 Billion', 'zh', 'en'],
    ['‘If you ignore emissions, we did great’: Germany’s challenging fight to go green', 'zh', 'en'],
    ['In Grok we don’t trust: academics assess Elon Musk’s encyclopedia', 'zh', 'en'],
    ['OpenAI 发布新的推理模型，面向全部开发者开放', 'en', 'zh'],
    ['深圳市南山区科技园示例路 1 号', 'en', 'zh'],
    ['トヨタ自動車は新しい電気自動車を発表した', 'zh', 'ja'],
    ['トヨタ自動車は新しい電気自動車を発表した', 'en', 'ja'],
  ] as const)('is told where it is clear: %s', (text, around, language) => {
    expect(foreignLanguage(text, around)).toBe(language);
  });

  it.each<[string, DigestLanguage, string]>([
    ['Meta Raises Its Spending Forecast on A.I. to Above $70 Billion', 'en', 'its own'],
    ['国务院发布新的人工智能政策文件', 'zh', 'its own'],
    ['NVIDIA与Synthesia.IO合作，致力于推动AI创新', 'zh', 'Chinese with many names'],
    ['', 'zh', 'nothing'],
    ['12.5 % — 2026-02-03', 'zh', 'no letters'],
    ['GPT-5.2', 'zh', 'a name'],
    ['Sam Altman, Elon Musk, Jensen Huang, Satya Nadella', 'zh', 'names'],
    ['王小明', 'en', 'a name'],
    ['Both 关系网络 and 面子 stand for more than you think', 'zh', 'a mixture'],
    ['Le gouvernement français présente une nouvelle loi sur l’énergie', 'zh', 'French'],
    ['Die Bundesregierung hat ein neues Gesetz beschlossen', 'zh', 'German'],
    ['任天堂发布《ゼルダの伝説》系列新作，引发全球玩家热议', 'zh', 'Chinese that names a Japanese game'],
    ['任天堂发布《ゼルダの伝説》系列新作，引发全球玩家热议', 'en', 'Chinese that names a Japanese game'],
    ['東京都港区六本木一丁目', 'en', 'a Japanese address without kana'],
    ['日経平均株価続落円安進行', 'en', 'a Japanese headline without kana'],
    ['株式市場大幅下落世界同時株安', 'ja', 'a Japanese headline without kana among others'],
  ])('is not told of %s in %s: %s', (text, around) => {
    expect(foreignLanguage(text, around)).toBeUndefined();
  });
});
