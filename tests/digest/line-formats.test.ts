/** The traps of the labelled and the tagged format. */
import { describe, expect, it } from 'vitest';
import { storiesOf } from '../../src/digest/digest.ts';
import { readLabel, readPoint } from '../../src/digest/labels.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import { readTag } from '../../src/digest/tagged.ts';
import { builtInTopics } from '../../src/digest/topics.ts';

const parse = (source: string, format?: 'labelled' | 'tagged') =>
  parseDigest(source, { topics: builtInTopics, name: 'digest', ...(format && { format }) });

describe('labels', () => {
  it.each([
    ['说明：甲', 'summary', '甲'],
    ['说明:甲', 'summary', '甲'],
    ['**说明**：甲', 'summary', '甲'],
    ['**说明：**甲', 'summary', '甲'],
    ['今日核心趋势总结:甲', 'closing', '甲'],
    ['趋势总结：甲', 'trends', '甲'],
    ['来源出处：甲', 'source', '甲'],
    ['来源: 甲', 'source', '甲'],
    ['为什么重要：甲', 'why', '甲'],
  ])('%s', (line, label, text) => expect(readLabel(line)).toMatchObject({ label, text }));

  it.each(['医疗：甲', '甲说明：乙', '说明书：甲', '说明 甲', '发布时间：甲'])('%s has none', (line) =>
    expect(readLabel(line)).toBeUndefined(),
  );

  it.each([
    ['“平台+陪跑”新范式：双方合作', '“平台+陪跑”新范式'],
    ['AI+影像识别：用于', 'AI+影像识别'],
    ['AI多模态交互与边缘部署普及:从实验室', 'AI多模态交互与边缘部署普及'],
    ['**加粗**：甲', '加粗'],
    ['**加粗：**甲', '加粗'],
    ['没有标签的一点', undefined],
    ['先说一句，再说：甲', undefined],
    ['这个标签实在是太长了没有人会这样写：甲', undefined],
    ['https://a.example/x', undefined],
    ['上午10:30开始', undefined],
  ])('the label of the point %s is %s', (text, label) => expect(readPoint(text).label).toBe(label));
});

describe('the labelled format', () => {
  it('takes a bold line before a label for a story and any other for a category', () => {
    const { digest, unparsed } = parse(
      '晨报 (2026-03-02)\n\n**政策**\n\n**甲**\n说明：一\n\n**乙**\n\n要点：\n- 二\n来源出处：[a](https://a.example/1)、[b](https://b.example/2)\n',
    );
    expect(digest.categories.map(({ name, stories }) => [name, stories.map(({ title }) => title)])).toEqual([
      ['政策', ['甲', '乙']],
    ]);
    expect(storiesOf(digest)[1]).toMatchObject({
      highlights: [{ text: '二' }],
      sources: [{ name: 'a' }, { name: 'b' }],
    });
    expect(unparsed).toEqual([]);
  });

  it('continues a field on the lines after its label', () => {
    const [story] = storiesOf(parse('**甲**\n说明：一\n又一\n背景：二\n又二\n').digest);
    expect(story).toMatchObject({ summary: '一\n\n又一', background: '二\n\n又二' });
  });

  it('has analyses, trends and a closing sentence as well', () => {
    const { digest, unparsed } = parse(
      '**甲**\n说明：一\n\n**深度解析**\n**题**\n背景：二\n影响范围：三\n\n**趋势总结**\n- 四：五\n\n今日核心趋势总结：六\n',
    );
    expect(digest).toMatchObject({
      analyses: [
        {
          title: '题',
          fields: [
            { label: '背景', text: '二' },
            { label: '影响范围', text: '三' },
          ],
        },
      ],
      trends: [{ label: '四', text: '五' }],
      closing: '六',
    });
    expect(unparsed).toEqual([]);
  });

  it('lists lines before the first story as unparsed, by number', () => {
    const body = '**甲**\n说明：一段足够长的说明文字，好让前面的一行只占很小的一部分，不至于被当成误读。\n';
    expect(parse(`晨报\n一句闲话\n${body}`).unparsed).toEqual([{ line: 2, text: '一句闲话' }]);
  });
});

describe('the tagged format', () => {
  it.each([
    ['AI技术-标题', 'AI技术'],
    ['6G通信－标题', '6G通信'],
    ['Space — title', 'Space'],
    ['GPT-5 发布', undefined],
    ['这个标签一共有九个字-标题', undefined],
    ['甲，乙-标题', undefined],
    ['视觉语言动作模型的标题里有-横线', undefined],
  ])('the tag of %s is %s', (line, tag) => expect(readTag(line, builtInTopics)?.tag).toBe(tag));

  const long = '这是一段比标题更长的正文,里面有横线-也有冒号:还有数字10-20,并且足够长以便与标题区分开来。';

  it('takes no paragraph after a source, and no title inside of a paragraph', () => {
    const { digest, unparsed } = parse(
      `简报(2026-03-02)\n动态\n政策-甲\n${long}\n资本-短句。\n来源:某某。\nGPT-5 发布\n${long}\n来源:乙\n`,
    );
    expect(storiesOf(digest).map(({ title, tag }) => [tag, title])).toEqual([
      ['政策', '甲'],
      [undefined, 'GPT-5 发布'],
    ]);
    expect(storiesOf(digest)[0]?.summary).toContain('资本-短句。');
    expect(unparsed).toEqual([]);
  });

  it('parts two stories where the first has no source', () => {
    const { digest } = parse(`简报\n政策-甲\n${long}\n资本-乙\n${long}\n来源:丙\n`);
    expect(storiesOf(digest).map(({ title }) => title)).toEqual(['甲', '乙']);
  });

  it('matches the longest closing label first', () => {
    const { digest } = parse(`政策-甲\n${long}\n来源:乙\n趋势总结\n- 丙:丁\n今日核心趋势总结:戊`, 'tagged');
    expect(digest).toMatchObject({ trends: [{ label: '丙', text: '丁' }], closing: '戊' });
  });
});
