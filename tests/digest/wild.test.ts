/** Other publishers' digests, by five rules. */
import { describe, expect, it } from 'vitest';
import { storiesOf } from '../../src/digest/digest.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { corpusFiles, hasCorpus } from './corpus.ts';
import { lostLines, urlsOf } from './line-account.ts';

const files = corpusFiles('wild');
const readable = files.filter(({ name }) => !name.startsWith('20-'));
const parse = (name: string, source: string) => parseDigest(source, { topics: builtInTopics, name });

describe.runIf(hasCorpus)('wild digests', () => {
  it.each(readable)('$name gives at least one story and its date', ({ name, source }) => {
    const { digest } = parse(name, source);
    expect(storiesOf(digest).length).toBeGreaterThan(0);
    expect(name).toContain(digest.date);
  });

  it.each(readable.filter(({ name }) => !name.endsWith('.json')))('$name has a title', ({ name, source }) => {
    expect(parse(name, source).digest.title).not.toBe('');
  });

  it.each(readable)('$name gives only addresses that the file contains', ({ name, source }) => {
    for (const url of urlsOf(parse(name, source))) expect(source).toContain(url);
  });

  it.each(readable)('$name accounts for every line', ({ name, source }) => {
    expect(lostLines(source, parse(name, source))).toEqual([]);
  });

  it('front matter alone holds no stories, and the error says what was looked for', () => {
    const empty = files.find(({ name }) => name.startsWith('20-'))!;
    expect(() => parse(empty.name, empty.source)).toThrow(
      expect.objectContaining({
        code: 'no-stories',
        exitStatus: 65,
        message: expect.stringContaining('looked for'),
      }),
    );
  });

  it('one story in five categories is one story with the topics of all of them', () => {
    const { name, source } = files.find((file) => file.name.startsWith('09-'))!;
    const stories = storiesOf(parse(name, source).digest);
    expect(new Set(stories.map(({ title }) => title)).size).toBe(stories.length);
    expect(stories.find(({ title }) => title.includes('投资万里行'))?.topics).toEqual(
      expect.arrayContaining(['models', 'funding', 'energy']),
    );
  });

  it.each([
    [
      '01-',
      29,
      28,
      ['要闻', '模型发布', '开发生态', '产品应用', '技术与洞察', '行业动态', '前瞻与传闻', '其他'],
    ],
    ['04-', 23, 14, ['AI产品与功能更新', 'AI前沿研究', 'AI行业展望与社会影响', '开源TOP项目', '社媒分享']],
    ['09-', 50, 50, undefined],
    ['13-', 25, 8, ['前沿模型动态', 'Agent 架构与范式', '开源生态', 'AI 工具与技巧', '值得深读的研究']],
    ['17-', 10, 10, ['📰 Top Stories']],
    ['22-', 3, 3, ['']],
    ['24-', 4, 4, ['']],
  ])('%s holds %i stories, %i of them with a source', (prefix, stories, sourced, categories) => {
    const { name, source } = files.find((file) => file.name.startsWith(prefix))!;
    const { digest } = parse(name, source);
    expect(storiesOf(digest)).toHaveLength(stories);
    expect(storiesOf(digest).filter((story) => story.sources.length > 0)).toHaveLength(sourced);
    if (categories !== undefined)
      expect(digest.categories.map((category) => category.name)).toEqual(categories);
  });

  it('no promotion and no chatter is left in a story', () => {
    for (const { name, source } of readable) {
      const stories = JSON.stringify(storiesOf(parse(name, source).digest));
      expect(stories).not.toMatch(
        /AI自动生成|AI辅助创作|直接回复|小宇宙|Generated on|图片来源|localhost:20128","url/,
      );
    }
  });
});
