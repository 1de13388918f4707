import { describe, expect, it } from 'vitest';
import { isDateline, nameBesideMoment } from '../../src/digest/datelines.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { lostLines } from './line-account.ts';

describe('a line that only says when', () => {
  it.each([
    '发布时间: 2026-03-02 17:41:34  +0800',
    '发布时间：Mon, 02 Mar 2026 18:08:08 +0800',
    '**Published:** March 2, 2026 at 9:30 am',
    '2026-03-02T17:41:34Z',
    '3 hours ago',
    '昨天 18:20',
    '3月2日 上午9:30',
  ])('is %s', (line) => expect(isDateline(line)).toBe(true));

  it.each([
    '时间：很紧',
    '12,400',
    '3:2',
    'May the fourth',
    '2026 年的三个趋势',
    '更新时间表',
    '今天发布',
    '9:30 开盘',
  ])('is not %s', (line) => expect(isDateline(line)).toBe(false));

  it('may stand beside the name of who published it', () => {
    expect(nameBesideMoment('36氪 · 2026-03-02 17:41')).toBe('36氪');
    expect(nameBesideMoment('3 hours ago | Harbor Wire')).toBe('Harbor Wire');
    expect(nameBesideMoment('Harbor Wire | opens at 9')).toBeUndefined();
    expect(nameBesideMoment('他说：好 · 2026-03-02')).toBeUndefined();
  });

  it('is no part of the story, and is listed', () => {
    const source =
      '# 日报 2026-03-02\n\n## 能源\n\n1. **电站并网**\n   [阅读原文](https://a.example/1)\n   发布时间: 2026-03-02 17:41:34 +0800\n\n2. **油价回落**\n   港口报 · 2 小时前\n';
    const parsed = parseDigest(source, { topics: builtInTopics, name: 'digest.md' });
    expect(
      parsed.digest.categories[0]?.stories.map(({ highlights, summary, sources }) => [
        highlights,
        summary,
        sources,
      ]),
    ).toEqual([
      [[], '', [{ name: 'a.example', url: 'https://a.example/1' }]],
      [[], '', [{ name: '港口报' }]],
    ]);
    expect(parsed.unparsed.map(({ line }) => line)).toEqual([6, 7, 10]);
    expect(lostLines(source, parsed)).toEqual([]);
  });
});
