/** The two daily digests that have to be parsed whole. */
import { describe, expect, it } from 'vitest';
import { storiesOf } from '../../src/digest/digest.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { corpusFiles, hasCorpus } from './corpus.ts';
import { lostLines, urlsOf } from './line-account.ts';

const files = corpusFiles('seeds');
const seed = (part: string) => files.find(({ name }) => name.includes(part))?.source ?? '';
const parse = (source: string) => parseDigest(source, { topics: builtInTopics, name: 'seed' });

describe.runIf(hasCorpus)('the labelled seed', () => {
  const source = seed('ai-industry');
  const parsed = hasCorpus ? parse(source) : undefined!;
  const stories = hasCorpus ? storiesOf(parsed.digest) : [];

  it('has its title, date and language', () => {
    expect(parsed.digest).toMatchObject({
      title: 'AI 行业动态',
      date: '2026-02-03',
      lang: 'zh',
      format: 'labelled',
    });
  });

  it('has 5 categories, 14 stories, 29 points and 14 links', () => {
    expect(parsed.digest.categories.map(({ name, stories: inside }) => [name, inside.length])).toEqual([
      ['政策与监管', 2],
      ['模型与技术进展', 3],
      ['产品与应用发布', 3],
      ['投融资与并购', 3],
      ['行业落地与生态', 3],
    ]);
    expect(stories.flatMap(({ highlights }) => highlights)).toHaveLength(29);
    expect(stories.flatMap(({ sources }) => sources.filter(({ url }) => url !== undefined))).toHaveLength(14);
  });

  it('gives every story a summary, a background, labelled points, a source and no tag', () => {
    for (const story of stories) {
      expect(story.summary).not.toBe('');
      expect(story.background).toMatch(/\p{L}/u);
      expect(story.highlights.every(({ label }) => label !== undefined)).toBe(true);
      expect(story.sources).toHaveLength(1);
      expect(story).not.toHaveProperty('tag');
    }
  });

  it('keeps the labels with quotes and plus signs', () => {
    const labels = stories.flatMap(({ highlights }) => highlights.map(({ label }) => label));
    expect(labels).toContain('“平台+陪跑”新范式');
    expect(labels).toContain('AI+影像识别');
  });

  it('does not correct a source that links to another host, nor an http link', () => {
    const sources = stories.flatMap((story) => story.sources);
    expect(sources).toContainEqual({
      name: '人民网',
      url: 'https://www.rmzxw.com.cn/c/2026-02-02/3863848.shtml',
    });
    expect(sources.filter(({ url }) => url?.startsWith('http://')).map(({ name }) => name)).toEqual([
      '新华网',
    ]);
  });

  it('keeps version numbers and book marks in titles and texts', () => {
    expect(stories.map(({ title }) => title)).toContain('红熊AI发布“记忆熊”v0.2.0');
    expect(stories.map(({ title }) => title)).toContain('阶跃星辰开源Agent基模Step 3.5 Flash');
    expect(stories[2]?.summary).toContain('《Nature》');
  });

  it('takes each story’s topic from its category', () => {
    expect(stories.map(({ topics }) => topics.join())).toEqual([
      ...Array(2).fill('policy'),
      ...Array(3).fill('models'),
      ...Array(3).fill('products'),
      ...Array(3).fill('funding'),
      ...Array(3).fill('industry'),
    ]);
  });

  it('gives the line of each title', () => {
    const lines = source.split('\n');
    for (const story of stories) expect(lines[story.line - 1]).toBe(`**${story.title}**`);
  });

  it('leaves nothing unparsed, warns of nothing, loses nothing, invents nothing', () => {
    expect(parsed.unparsed).toEqual([]);
    expect(parsed.warnings).toEqual([]);
    expect(lostLines(source, parsed)).toEqual([]);
    for (const url of urlsOf(parsed)) expect(source).toContain(url);
  });
});

describe.runIf(hasCorpus)('the tagged seed', () => {
  const source = seed('tech-brief');
  const parsed = hasCorpus ? parse(source) : undefined!;
  const stories = hasCorpus ? storiesOf(parsed.digest) : [];

  it('has its title, date and language', () => {
    expect(parsed.digest).toMatchObject({
      title: '每日科技新闻速览',
      date: '2026-02-02',
      lang: 'zh',
      format: 'tagged',
    });
  });

  it('has 4 categories and 13 stories with their tags', () => {
    expect(parsed.digest.categories.map(({ name, stories: inside }) => [name, inside.length])).toEqual([
      ['AI技术动态', 5],
      ['前沿科技突破', 4],
      ['政策与资本动向', 2],
      ['其他领域', 2],
    ]);
    expect(stories.map(({ tag }) => tag)).toEqual([
      ...Array(5).fill('AI技术'),
      ...['生物医药', '生物医药', '空天探索', '6G通信', '政策', '资本', '商业航天', '绿色能源'],
    ]);
  });

  it('resolves topics by tag, so that one category holds policy and funding', () => {
    expect(stories.slice(5).map(({ topics }) => topics.join())).toEqual([
      'biotech',
      'biotech',
      'space',
      'telecom',
      'policy',
      'funding',
      'space',
      'energy',
    ]);
  });

  it('has 13 sources without a link, the final 。 dropped', () => {
    const sources = stories.flatMap((story) => story.sources);
    expect(sources).toHaveLength(13);
    expect(sources.every((source) => source.url === undefined && !source.name.endsWith('。'))).toBe(true);
    expect(sources[0]).toEqual({ name: '权宁霞' });
  });

  it('takes no dash or colon inside of a paragraph for a title or a label', () => {
    expect(stories[0]?.summary).toContain('视觉-语言-动作');
    expect(stories[2]?.summary).toMatch(/^AI将在医疗、制造、金融等领域实现规模化应用:医疗领域/);
    expect(
      stories.every(({ highlights, background }) => highlights.length === 0 && background === undefined),
    ).toBe(true);
  });

  it('has the analysis with its three fields, the trends and the closing sentence', () => {
    expect(
      parsed.digest.analyses.map(({ title, fields }) => [title, fields.map(({ label }) => label)]),
    ).toEqual([['中国AI领跑全球的核心驱动力', ['背景', '数据支撑', '影响范围']]]);
    expect(parsed.digest.trends.map(({ label }) => label)).toEqual([
      'AI多模态交互与边缘部署普及',
      '生物医药智能化加速',
      '空天与6G技术突破',
    ]);
    expect(parsed.digest.closing).toMatch(/^AI技术从“工具”向“自主智能体”进化.*产业化应用。$/);
  });

  it('leaves nothing unparsed, warns of nothing, loses nothing, invents nothing', () => {
    expect(parsed.unparsed).toEqual([]);
    expect(parsed.warnings).toEqual([]);
    expect(lostLines(source, parsed)).toEqual([]);
    expect(urlsOf(parsed)).toEqual([]);
  });

  it('reads the same with its final newline', () => {
    expect(source.endsWith('\n')).toBe(false);
    expect(parse(`${source}\n`)).toEqual(parsed);
  });
});
