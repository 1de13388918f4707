import { describe, expect, it } from 'vitest';
import { resolveTopics, topicsIn } from '../../src/digest/resolve-topics.ts';
import { builtInTopics } from '../../src/digest/topics.ts';

describe('topics', () => {
  it.each([
    ['AI技术', '其他领域', ['models']],
    ['6G通信', '', ['telecom']],
    ['政策', '政策与资本动向', ['policy']],
    ['资本', '政策与资本动向', ['funding']],
    ['政策与资本', '', ['policy', 'funding']],
    ['商业航天', '', ['space']],
    [undefined, '投融资与并购', ['funding']],
    ['未知', '行业落地与生态', ['industry']],
    ['Product Launch', 'Policy', ['products']],
    ['６Ｇ', '', ['telecom']],
    ['金融', '', ['funding']],
    ['投资', '', ['funding']],
    ['融资', '', ['funding']],
    ['芯片', '', ['industry']],
    ['机器人', '', ['products']],
    ['开源', '', ['models']],
    [undefined, '⚖️ Safety & Policy', ['policy']],
    [undefined, 'AI前沿研究', ['models']],
    [undefined, 'Startups', ['funding']],
    [undefined, 'Hardware', ['products']],
    ['Open-Source', '', ['models']],
    ['LLM, 多模态', '', ['models']],
    [undefined, 'AI', ['models']],
    ['科技', '', ['models']],
    [undefined, 'environment', ['energy']],
    ['ＭＯＤＥＬＳ', '', ['models']],
  ])('a story tagged %s in %s has %j', (tag, category, topics) => {
    expect(resolveTopics(tag, category, builtInTopics)).toEqual({ topics, isKnown: true });
  });

  it('a story that no alias finds goes to other', () => {
    expect(resolveTopics('天气', '杂谈', builtInTopics)).toEqual({ topics: ['other'], isKnown: false });
  });

  it('a broad word counts only when it is the whole', () => {
    expect(resolveTopics(undefined, 'AI 与生活', builtInTopics).topics).toEqual(['other']);
    expect(resolveTopics(undefined, '开发环境', builtInTopics).topics).toEqual(['other']);
    expect(resolveTopics('商业航天', '', builtInTopics).topics).toEqual(['space']);
  });

  it('a Latin alias matches whole words only, a Han alias anywhere', () => {
    expect(topicsIn('aerospace spaceship remodelling', builtInTopics)).toEqual([]);
    expect(topicsIn('in space, today', builtInTopics)).toEqual(['space']);
    expect(topicsIn('新能源汽车', builtInTopics)).toEqual(['energy']);
  });
});
