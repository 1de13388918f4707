import { describe, expect, it } from 'vitest';
import { builtInTopics } from '../../src/digest/topics.ts';
import { pointGroups } from '../../src/render/point-groups.ts';
import { prepareIssue } from '../../src/render/prepare-issue.ts';
import { renderEdition } from '../../src/render/render-edition.ts';
import { fill } from '../../src/render/rendered-edition.ts';
import { digestOf, editionFor, masthead, storyOf } from '../helpers/digests.ts';

const points = [
  { label: '许可证', text: '开源' },
  { text: '**技术细节**：' },
  { text: '四亿参数的视觉编码器' },
  { label: '推理框架', text: 'vLLM' },
  { text: '应用场景：' },
  { text: '维护大型代码库' },
];

describe('the points of a story', () => {
  it('stand under the lines that only say what follows', () => {
    expect(pointGroups(points)).toEqual([
      { points: points.slice(0, 1) },
      { head: '**技术细节**：', points: points.slice(2, 4) },
      { head: '应用场景：', points: points.slice(5) },
    ]);
  });

  it('are a paragraph with a bold beginning, and no list, where one labelled point is all there is', async () => {
    const [labelled = { text: '' }, , bare = { text: '' }] = points;
    const digest = digestOf([
      {
        name: '模型',
        stories: [storyOf('甲', { highlights: [labelled] }), storyOf('乙', { highlights: [bare] })],
      },
    ]);
    const template = await prepareIssue(digest, masthead, { date: '2026-03-05', topics: builtInTopics });
    const { html, text } = renderEdition(template, editionFor(digest, 'all'));
    const values = { preferencesUrl: 'https://n.example/p', unsubscribeUrl: 'https://n.example/u' };
    expect(fill(html, values)).toMatch(/<p><b>许可证<\/b>：开源<\/p>/);
    expect(fill(html, values).match(/<ul/g)).toHaveLength(1);
    expect(fill(text, values)).toContain('\n  许可证：开源\n');
    expect(fill(text, values)).toContain('\n  - 四亿参数的视觉编码器\n');
  });

  it('are all there when nothing follows such a line, or another does', () => {
    const [last, twice] = [{ text: '应用场景：' }, { text: '细节：' }];
    expect(pointGroups([{ text: '甲' }, last])).toEqual([{ points: [{ text: '甲' }, last] }]);
    expect(pointGroups([last, twice, { text: '甲' }])).toEqual([
      { points: [last] },
      { head: '细节：', points: [{ text: '甲' }] },
    ]);
    expect(pointGroups([])).toEqual([]);
  });

  it('look so in both parts of the mail', async () => {
    const digest = digestOf([{ name: '模型', stories: [storyOf('云杉开源模型', { highlights: points })] }]);
    const template = await prepareIssue(digest, masthead, { date: '2026-03-05', topics: builtInTopics });
    const { html, text } = renderEdition(template, editionFor(digest, 'all'));
    const values = { preferencesUrl: 'https://n.example/p', unsubscribeUrl: 'https://n.example/u' };
    expect(fill(html, values)).toMatch(
      /许可证<\/b>：开源<\/li><\/ul><p[^>]*><b>技术细节<\/b>：<\/p><ul><li>四亿参数/,
    );
    expect(fill(text, values)).toContain(`
  - 许可证：开源
  技术细节：
  - 四亿参数的视觉编码器
  - 推理框架：vLLM
  应用场景：
  - 维护大型代码库
`);
  });
});
