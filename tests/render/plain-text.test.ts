import { describe, expect, it } from 'vitest';
import { builtInTopics } from '../../src/digest/topics.ts';
import { prepareIssue } from '../../src/render/prepare-issue.ts';
import { renderEdition } from '../../src/render/render-edition.ts';
import { fill } from '../../src/render/rendered-edition.ts';
import { editionFor, exampleDigest, masthead, storyOf } from '../helpers/digests.ts';

describe('the text part', () => {
  it('is written from the model', async () => {
    const digest = exampleDigest();
    const template = await prepareIssue(digest, masthead, { date: '2026-03-05', topics: builtInTopics });
    const { text } = renderEdition(template, editionFor(digest, ['policy', 'models']));
    const values = { preferencesUrl: 'https://n.example/p', unsubscribeUrl: 'https://n.example/u' };
    expect(fill(text, values)).toBe(`晨间简报
2026年3月5日 · 星期四 · 4 条要闻 · 约 1 分钟读完
你的主题：政策与监管、模型与技术

本期要点：
- 青湖市公布自动驾驶道路测试细则
- 数据中心能耗新标准征求意见
- 云杉实验室开源小型语言模型 Spruce 2

== 政策与监管 (2) ==

1. 青湖市公布自动驾驶道路测试细则
细则自四月起施行，首批开放 120 公里城市道路。
  背景：此前三年，测试只限封闭园区。
  - 准入：企业须先完成五千公里仿真测试。
  - 事故须在一小时内上报。
  来源：青湖日报 <https://news.example/policy?id=1&lang=zh>

2. 数据中心能耗新标准征求意见
新标准把能耗上限再降一成。
  来源：标准委员会

== 模型与技术 (2) ==

1. [模型] 云杉实验室开源小型语言模型 Spruce 2
三十亿参数，可在手机上运行。权重见 仓库 <https://code.example/spruce>。
  背景：上一代只支持英语。
  来源：云杉实验室 <https://lab.example/spruce-2> · 代码周报 <https://weekly.example/42>

2. 《芯片散热白皮书》指出液冷成本两年减半
白皮书统计了四十座机房。

== 深度解析：小模型为何回潮 ==

原因：终端算力够用了。

== 趋势总结 ==

- 终端化：推理从云端走向手机。
- 回收火箭成为常态。

你未选择的主题里，本期还有 2 条要闻。
调整我的主题
https://n.example/p

----
本期内容由机器自动汇编生成，可能有疏漏，请以原文为准。
你收到这封邮件，是因为订阅了「晨间简报」（政策与监管、模型与技术）。

偏好设置
https://n.example/p

暂停
https://n.example/p#pause

退订
https://n.example/u

样例出版社
样例市示范路 1 号
联系我们：hello@example.invalid
`);
  });

  it('ends no line with a space', async () => {
    const digest = exampleDigest();
    const english = { ...masthead, language: 'en' } as const;
    const template = await prepareIssue(digest, english, { date: '2026-03-05', topics: builtInTopics });
    const { text } = renderEdition(template, editionFor(digest, 'all'));
    const values = { preferencesUrl: 'https://n.example/p', unsubscribeUrl: 'https://n.example/u' };
    expect(fill(text, values)).toContain('In brief:\n- ');
    expect(fill(text, values)).not.toMatch(/ $/m);
  });

  it('parts the paragraphs of a story and of a deep dive', async () => {
    const digest = exampleDigest({
      categories: [
        {
          name: '模型',
          stories: [
            storyOf('云杉开源模型', { summary: '第一段。\n\n第二段。', background: '其一。\n\n其二。' }),
          ],
        },
      ],
    });
    const template = await prepareIssue(digest, masthead, { date: '2026-03-05', topics: builtInTopics });
    const { text } = renderEdition(template, editionFor(digest, 'all'));
    const values = { preferencesUrl: 'https://n.example/p', unsubscribeUrl: 'https://n.example/u' };
    expect(fill(text, values)).toContain(
      '1. 云杉开源模型\n第一段。\n\n第二段。\n  背景：其一。\n\n  其二。\n',
    );
  });

  it('heads stories that stand under no category with a word of its own, as the HTML does', async () => {
    const { categories, ...rest } = exampleDigest();
    const digest = { ...rest, categories: categories.map((category) => ({ ...category, name: '' })) };
    const template = await prepareIssue(digest, masthead, { date: '2026-03-05', topics: builtInTopics });
    const { text, html } = renderEdition(template, editionFor(digest, ['policy', 'models']));
    const values = { preferencesUrl: 'https://n.example/p', unsubscribeUrl: 'https://n.example/u' };
    expect(fill(text, values)).toContain('== 要闻 (2) ==');
    expect(fill(html, values)).toMatch(/<h2[^>]*>要闻 </);
  });

  it('puts no colon before a text that has no label, and none after a title that is none', async () => {
    const digest = exampleDigest({
      analyses: [
        {
          title: '',
          fields: [
            { label: '', text: '终端算力够用了。' },
            { label: ' ', text: '第二段。' },
          ],
        },
      ],
      trends: [{ label: '', text: '回收火箭成为常态。' }],
    });
    const template = await prepareIssue(digest, masthead, { date: '2026-03-05', topics: builtInTopics });
    const { text, html } = renderEdition(template, editionFor(digest, 'all'));
    const values = { preferencesUrl: 'https://n.example/p', unsubscribeUrl: 'https://n.example/u' };
    expect(fill(text, values)).toContain(
      '== 深度解析 ==\n\n终端算力够用了。\n\n第二段。\n\n== 趋势总结 ==\n\n- 回收火箭成为常态。',
    );
    expect(fill(text, values)).not.toMatch(/^[\s-]*：/m);
    expect(fill(html, values)).not.toMatch(/<(?:p|li)>：|<b><\/b>/);
  });
});
