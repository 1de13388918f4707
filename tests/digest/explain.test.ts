import { expect, it } from 'vitest';
import { explainDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';

const source = `---
title: 晨报
date: 2026-03-02
weight: 7
---

## 政策

### 甲的标题

甲的正文有一句话。(财联社)
- 要点一：第一点的内容
- [阅读原文](https://a.example/1)

![图](https://a.example/i.png)

### 乙的标题

**摘要**：乙的摘要在这里。
[乙报](https://b.example/2)

## 趋势总结

- 端侧：更近一步

欢迎关注公众号
以上内容由AI生成
`;

const explain = (text: string) =>
  explainDigest(text, { topics: builtInTopics, name: 'digest.md' }).explain.map(({ line, became, of }) =>
    [line, became, ...(of === undefined ? [] : [of])].join(' '),
  );

it('says of every line what it became', () => {
  expect(explain(source)).toEqual([
    '1 structure',
    '2 title',
    '3 date',
    '4 front matter',
    '5 structure',
    '7 category 政策',
    '9 story title 甲的标题',
    '11 summary 甲的标题',
    '11 source 甲的标题',
    '12 point 甲的标题',
    '13 link 甲的标题',
    '13 unparsed the words of a link: “阅读原文”',
    '15 unparsed a picture, tags or a link that leads nowhere',
    '17 story title 乙的标题',
    '19 summary 乙的标题',
    '20 source 乙的标题',
    '20 link 乙的标题',
    '22 structure',
    '24 trend',
    '26 unparsed promotion',
    '27 unparsed chatter',
  ]);
});

it('says it of labelled and tagged digests too', () => {
  expect(
    explain(
      '晨报 (2026-03-02)\n\n**政策**\n\n**甲**\n说明：一句说明\n要点：\n- 数字：三成\n来源出处：[报](https://a.example/1)\n',
    ),
  ).toEqual([
    '1 title',
    '1 date',
    '3 category 政策',
    '5 story title 甲',
    '6 summary 甲',
    '7 structure',
    '8 point 甲',
    '9 source 甲',
    '9 link 甲',
  ]);
});

it('takes a name that a text mentions for no source', () => {
  const mentioned =
    '# D\n\n### 甲的标题\n\n新华社今天说了一句足够长的话。\n\n来源：新华社\n\n### 乙\n\n正文。\n';
  expect(explain(mentioned).slice(2, 4)).toEqual(['5 summary 甲的标题', '7 source 甲的标题']);
});

it('says of a copy where its story stands', () => {
  const twice =
    '# D 2026-03-02\n\n## 政策\n\n- **同一条新闻的标题**：一 [报](https://a.example/1)\n\n## 能源\n\n- **同一条新闻的标题**：一 [报](https://a.example/1)\n';
  expect(explain(twice).filter((entry) => entry.startsWith('9 '))).toContain('9 link 同一条新闻的标题');
});

it('says of JSON values that no field is for them', () => {
  expect(
    explain(
      '{\n"date": "2026-03-02",\n"news": ["第一条新闻", "第二条新闻"],\n"cover": "https://x.example/a.png"\n}',
    ),
  ).toEqual([
    '1 structure',
    '2 date',
    '3 story title 第一条新闻',
    '3 story title 第二条新闻',
    expect.stringMatching(/^4 unparsed no field is for it/),
    '5 structure',
  ]);
});
