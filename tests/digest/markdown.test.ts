/** The general Markdown reader. */
import { describe, expect, it } from 'vitest';
import { storiesOf } from '../../src/digest/digest.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { lostLines } from './line-account.ts';

function read(source: string) {
  const parsed = parseDigest(source, { topics: builtInTopics, name: 'digest.md', format: 'markdown' });
  expect(lostLines(source, parsed)).toEqual([]);
  return {
    ...parsed,
    stories: storiesOf(parsed.digest),
    outline: parsed.digest.categories.map(({ name, stories }) => [name, stories.map(({ title }) => title)]),
  };
}

describe('Markdown', () => {
  it('takes the deepest repeated heading for the story and the one above for the category', () => {
    const { outline, digest } = read(
      '# Daily (2026-03-02)\n\n## Policy\n\n### 1. One\n\nText one.\n\n### 2. Two\n\nText two.\n\n## Funding\n\n### Three\n\nText three.\n',
    );
    expect(outline).toEqual([
      ['Policy', ['One', 'Two']],
      ['Funding', ['Three']],
    ]);
    expect(digest).toMatchObject({ title: 'Daily', date: '2026-03-02' });
  });

  it('reads items with a bold title, a text and a source', () => {
    const { stories } = read(
      '# D\n\n## Policy\n\n- **One**: text ([Paper](https://a.example/1))\n- **Two** - more [Wire](https://a.example/2)\n',
    );
    expect(stories.map(({ title, summary, sources }) => [title, summary, sources])).toEqual([
      ['One', 'text', [{ name: 'Paper', url: 'https://a.example/1' }]],
      ['Two', 'more', [{ name: 'Wire', url: 'https://a.example/2' }]],
    ]);
  });

  it('leaves a link in the sentence that needs it, and names the source by its host', () => {
    const { stories } = read(
      '# D\n\n## A\n\n- Regulators have [fined Harbor](https://a.example/1)\n- It was told. [The Wire](https://b.example/2)\n',
    );
    expect(stories.map(({ title, sources }) => [title, sources])).toEqual([
      [
        'Regulators have [fined Harbor](https://a.example/1)',
        [{ name: 'a.example', url: 'https://a.example/1' }],
      ],
      ['It was told.', [{ name: 'The Wire', url: 'https://b.example/2' }]],
    ]);
  });

  it('takes a page that the text quotes for the source of a story without another, and collapses nothing by it', () => {
    const { stories } = read(
      '# D\n\n### One\n\nA court [said](https://a.example/1) no.\n\n### Two\n\nA judge [said](https://a.example/1) yes.\n',
    );
    expect(stories.map(({ sources }) => sources)).toEqual(
      Array(2).fill([{ name: 'a.example', url: 'https://a.example/1' }]),
    );
  });

  it('a link that only says “read on” belongs to the source that is named, else its host names it', () => {
    const { stories, unparsed } = read(
      '# D\n\n### One\n\n`Funding` — *Wire*\n\nText.\n\n🔗 [Read full article](https://a.example/1)\n\n### Two\n\n正文。[阅读原文](https://b.example/2)\n\n### Three\n\nText.\n\n[More](https://c.example/3)\nSource: The Ledger\n',
    );
    expect(stories.map(({ sources }) => sources)).toEqual([
      [{ name: 'Wire', url: 'https://a.example/1' }],
      [{ name: 'b.example', url: 'https://b.example/2' }],
      [{ name: 'The Ledger', url: 'https://c.example/3' }],
    ]);
    expect(unparsed.map(({ line, text }) => [line, text])).toEqual([
      [9, 'Read full article'],
      [13, '阅读原文'],
      [19, 'More'],
      [20, 'Source'],
    ]);
  });

  it('takes a title out of a sentence that presents the digest, which is no news', () => {
    const { digest, unparsed } = read(
      '2026年1月4日消息，昨夜今晨，科技圈都发生了哪些大事？行业大咖抛出了哪些新的观点？《早间速递》即刻为您梳理关键资讯：\n\n云杉发布新论文\n\n云杉近日发布论文，阐述了一种更为高效的人工智能开发方法，作者称算力可以减半。(财联社)\n',
    );
    expect(digest).toMatchObject({ title: '早间速递', date: '2026-01-04', analyses: [] });
    expect(unparsed.map(({ line }) => line)).toEqual([1]);
  });

  it('reads headlines that are links, and names the host when the link has no other name', () => {
    const { stories } = read(
      '# D\n\n## A\n\n- [One](https://a.example/1)\n- [Two](https://b.example/2) - why\n',
    );
    expect(stories[0]).toMatchObject({
      title: 'One',
      sources: [{ name: 'a.example', url: 'https://a.example/1' }],
    });
    expect(stories[1]).toMatchObject({ title: 'Two', summary: 'why' });
  });

  it('reads `一、` categories and `1、` stories without any markup', () => {
    const { outline } = read(
      '简报 2026年3月2日\n\n一、政策\n\n1、第一条标题\n第一条的正文在这里。\n\n2、第二条标题\n第二条的正文在这里。\n\n二、资本\n\n1、第三条标题\n第三条的正文在这里。\n',
    );
    expect(outline).toEqual([
      ['政策', ['第一条标题', '第二条标题']],
      ['资本', ['第三条标题']],
    ]);
  });

  it('reads `1)` titles with paragraphs below', () => {
    const { stories } = read(
      'Brief\n\n1) One\n\nText one.\n\nWhy it matters: because.\n\nSource (Wire)\n\n2) Two\n\nText two.\n',
    );
    expect(stories.map(({ title }) => title)).toEqual(['One', 'Two']);
    expect(stories[0]).toMatchObject({
      highlights: [{ label: 'Why it matters', text: 'because.' }],
      sources: [{ name: 'Wire' }],
    });
  });

  it('reads bold titles, and bold categories above them', () => {
    const { outline } = read('简报\n\n**政策**\n\n**甲**\n正文一。\n\n**乙**\n\n正文二。\n');
    expect(outline).toEqual([['政策', ['甲', '乙']]]);
  });

  it.each([
    ['【政策】', '政策'],
    ['🚀 Policy & law', '🚀 Policy & law'],
  ])('takes %s above a list for a category', (heading, name) => {
    const { outline } = read(
      `简报\n\n${heading}\n\n1. 甲的标题\n   甲的正文。\n2. 乙的标题\n   乙的正文。\n`,
    );
    expect(outline).toEqual([[name, ['甲的标题', '乙的标题']]]);
  });

  it('reads rows of a table as stories', () => {
    const { outline, stories } = read(
      '# D\n\n| # | 标题 | 分类 | 摘要 | 来源 |\n|---|---|---|---|---|\n| 1 | 甲 | 政策 | 一 | [报](https://a.example/1) |\n| 2 | 乙 | 资本 | 二 | 某报 |\n',
    );
    expect(outline).toEqual([
      ['政策', ['甲']],
      ['资本', ['乙']],
    ]);
    expect(stories[0]).toMatchObject({
      summary: '一',
      sources: [{ name: '报', url: 'https://a.example/1' }],
      topics: ['policy'],
    });
    expect(stories[1]).toMatchObject({ sources: [{ name: '某报' }], topics: ['funding'] });
  });

  it('reads labels inside and outside of bold, in paragraphs and in lists', () => {
    const { stories } = read(
      '# D\n\n### 甲\n\n**摘要：** 一\n**背景**：二\n\n- 来源：[报](https://a.example/1)\n- 标签：[政策], [6G]\n- 要点一：三\n\n### 乙\n\n说明：四\n',
    );
    expect(stories[0]).toMatchObject({
      summary: '一',
      background: '二',
      tag: '政策, 6G',
      highlights: [{ label: '要点一', text: '三' }],
      sources: [{ name: '报' }],
      topics: ['policy', 'telecom'],
    });
    expect(stories[1]?.summary).toBe('四');
  });

  it('a heading that is a label names a field', () => {
    const { stories } = read(
      '# D\n\n## 甲\n\n正文。\n\n### 背景\n\n从前。\n\n### 要点\n\n- 一\n- 二\n\n## 乙\n\n正文。\n',
    );
    expect(stories.map(({ title }) => title)).toEqual(['甲', '乙']);
    expect(stories[0]).toMatchObject({ background: '从前。', highlights: [{ text: '一' }, { text: '二' }] });
  });

  it('takes title and date from front matter and lists its other keys', () => {
    const { digest, unparsed } = read(
      '---\ntitle: "早报"\ndate: 2026-03-02\nweight: 7\n---\n\n## 政策\n\n- [甲](https://a.example/1)\n- [乙](https://a.example/2)\n',
    );
    expect(digest).toMatchObject({ title: '早报', date: '2026-03-02' });
    expect(unparsed).toEqual([{ line: 4, text: 'weight: 7' }]);
  });

  it('survives front matter that is no YAML and a rule that is no front matter', () => {
    expect(read('---\ntitle: "x\n  - [\n---\n\n## A\n\n- [One](https://a.example/1)\n').stories).toHaveLength(
      1,
    );
    expect(read('---\n\n## A\n\n- [One](https://a.example/1)\n\n---\n').stories).toHaveLength(1);
  });

  const overview = '今天的重点是三件事，其中两件与模型有关，一件与能源有关，值得慢慢读完再做判断。';
  const day = (text: string, end = '') =>
    `# D\n\n## 今日速览\n\n${text}\n\n## 政策\n\n- [甲](https://a.example/1)\n\n## 趋势总结\n\n- 端侧：更近\n${end}`;

  it('makes a short overview the day’s sentence and trends trends', () => {
    const { digest, unparsed } = read(day(overview));
    expect(digest).toMatchObject({
      analyses: [],
      closing: overview,
      trends: [{ label: '端侧', text: '更近' }],
    });
    expect(unparsed).toEqual([{ line: 3, text: '## 今日速览' }]);
  });

  it('keeps a motto beside the day’s sentence', () => {
    const { digest } = read(day(overview, '\n【微语】慢慢来。\n'));
    expect(digest).toMatchObject({ analyses: [], closing: overview, motto: '慢慢来。' });
  });

  it('makes a short introduction the day’s sentence', () => {
    const { digest, unparsed } = read(
      `# D\n\n> ${overview}${overview}\n\n## 政策\n\n- [甲](https://a.example/1)\n`,
    );
    expect(digest).toMatchObject({ analyses: [], closing: `${overview}${overview}` });
    expect(unparsed).toEqual([]);
  });

  it.each([
    ['a long one', day(overview.repeat(10))],
    ['one that is a list', day(`${overview}\n\n- 模型：两件\n- 能源：一件`)],
  ])('makes an overview an analysis: %s', (_, text) => {
    const { digest } = read(text);
    expect(digest.analyses.map(({ title }) => title)).toEqual(['今日速览']);
  });

  it('leaves out what a digest counts of itself', () => {
    const table = '| Metric | Value |\n|---|---|\n| **Articles** | 10 |\n| Sources | Wire, Post |\n';
    const { digest, unparsed } = read(
      `# D\n\n## Today's Coverage\n\n${table}\n## News\n\n- [One](https://a.example/1)\n`,
    );
    expect(digest.analyses).toEqual([]);
    expect(unparsed.map(({ line }) => line)).toEqual([3, 5, 7, 8]);
  });

  it('gives a sentence that only calls out the next one as part of its title', () => {
    const { stories } = read(
      '# D\n\n## 产品\n\n1. 青湖研发团队放了个大招！🚀 他们推出了能离线运行的**翻译手表**。手表支持十二种语言，续航两天，四月开售，价格还没有公布，预约已经开始。\n\n2. 白鹭汽车第三季度交付 9 万辆新车，同比增长四成！公司预计全年交付 32 万辆，并计划明年进入五个新的国家和地区。\n',
    );
    expect(stories.map(({ title, summary }) => [title, summary.slice(0, 4)])).toEqual([
      ['青湖研发团队放了个大招！🚀 他们推出了能离线运行的**翻译手表**。', '手表支持'],
      ['白鹭汽车第三季度交付 9 万辆新车，同比增长四成！', '公司预计'],
    ]);
  });

  it('keeps text as written: width, case, bold, code', () => {
    const { stories } = read('# D\n\n## A\n\n### ＡＩ “Step” v3.5\n\nＡ **b** `C` ：x\n\n### Two\n\ny\n');
    expect(stories[0]).toMatchObject({ title: 'ＡＩ “Step” v3.5', summary: 'Ａ **b** `C` ：x' });
  });

  it('joins lines broken for width, and no Han line with a space', () => {
    const { stories } = read('# D\n\n### 甲\n\n一行\n又一行\n\n### B\n\none line\nand one\n');
    expect(stories.map(({ summary }) => summary)).toEqual(['一行又一行', 'one line and one']);
  });

  it('parts a long item after its first sentence', () => {
    const { stories } = read(
      '# D\n\n## A\n\n- 海屿市把三类材料合并到一个窗口办理。平均办理时间从四十天缩短到十二天，并且每一步的经办时限都能在网上查到。[详情](https://a.example/1)\n',
    );
    expect(stories[0]?.title).toBe('海屿市把三类材料合并到一个窗口办理');
    expect(stories[0]?.summary).toMatch(/^平均办理时间/);
  });

  it('takes the full stop off a headline that is one sentence, and off no other', () => {
    const { stories } = read(
      '# D\n\n## A\n\n- 海屿市启用新港口。\n- **云杉开源模型。**\n- 三家银行降息。两家不动。\n- Spruce Inc.\n',
    );
    expect(stories.map(({ title }) => title)).toEqual([
      '海屿市启用新港口',
      '云杉开源模型',
      '三家银行降息。两家不动。',
      'Spruce Inc.',
    ]);
  });

  it('names by its site a link whose words only say what it leads to, and gives it to nobody else', () => {
    const {
      stories: [story],
    } = read(
      '# D\n\n## A\n\n- **云杉开源端侧模型**：三十亿参数。（来源：青湖日报） [项目地址](https://github.com/spruce/spruce-2)\n\n- **b**：c\n',
    );
    expect(story?.sources).toContainEqual({
      name: 'github.com/spruce/spruce-2',
      url: 'https://github.com/spruce/spruce-2',
    });
    expect(story?.sources).toContainEqual({ name: '青湖日报' });
  });

  it('reads a table whose title stands where its head would', () => {
    const { digest, outline } = read(
      '| 日期 | 2026-03-03 | 行业日报 | |\n|---|---|---|---|\n| **序号** | **领域** | **动态** | **来源** |\n| 1 | 能源 | 储能电站启用 | [海屿日报](https://a.example/1) |\n| 2 | 医疗 | 五家医院共用模型 | 健康报 |\n',
    );
    expect(outline).toEqual([
      ['能源', ['储能电站启用']],
      ['医疗', ['五家医院共用模型']],
    ]);
    expect(digest.date).toBe('2026-03-03');
    expect(storiesOf(digest).map(({ sources }) => sources[0]?.name)).toEqual(['海屿日报', '健康报']);
  });

  it('reads a list of links among stories with texts as headlines under their heading', () => {
    const { outline } = read(
      '# Letter, March 3, 2026\n\n## 1. The grid learns\n\nA battery was switched on last week, and it is paid to wait.\n\n## 2. A second supplier\n\nLithos shipped its first etcher to a real fab in the north.\n\n## Quick links\n\n- [Ferry line goes electric](https://a.example/1) — boats charge while people board.\n- [Why maps lie](https://a.example/2)\n\n---\n\nIf you enjoyed this, [share it with a friend](https://a.example/share) or [leave a comment](https://a.example/c), and tell me what you would like to read about next time.\n\nUntil next week,\nAnn\n',
    );
    expect(outline).toContainEqual(['Quick links', ['Ferry line goes electric', 'Why maps lie']]);
    expect(outline.flatMap(([, titles]) => titles)).toHaveLength(4);
  });
});

describe('a block of code among points', () => {
  const pointsOf = (block: string) =>
    storiesOf(
      parseDigest(
        `# D 2026-03-02\n\n## News\n\n### Crane opens\n\nText.\n\n- One point\n\n${block}\n\n### Two\n\nText.\n`,
        {
          topics: builtInTopics,
          name: 'digest.md',
        },
      ).digest,
    )[0]?.highlights.map(({ text }) => text);

  it('is one with the line that announces it', () => {
    expect(pointsOf('**Start it**:\n```bash\nnpm install crane\nnpx crane\n```')?.slice(1)).toEqual([
      '**Start it**: `npm install crane` `npx crane`',
    ]);
  });
});
