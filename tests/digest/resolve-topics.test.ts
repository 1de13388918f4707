import { describe, expect, it } from 'vitest';
import { resolveTopics, topicsByWords, topicsIn } from '../../src/digest/resolve-topics.ts';
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

describe('topics by a story’s own words', () => {
  const told = (title: string, text = '', category = '') =>
    topicsByWords({ title, text, category }, builtInTopics);

  it.each([
    ['北山芯片公布创纪录财报', ['funding', 'industry']],
    ['三部门：消费贷款贴息上限提高', ['policy']],
    ['财政部：资金支持老人免费接种流感疫苗', ['policy', 'biotech']],
    ['百度：计划分拆昆仑芯并于港交所独立上市', ['funding']],
    ['Lab open-sources a small translation model', ['models']],
    ['Court rules on harbor lawsuit', ['policy']],
    ['海燕三号火箭完成第十次回收', ['space']],
    ['Startup raises $30 million for solar roofs', ['funding', 'energy']],
  ])('%s: %j', (title, topics) => expect(told(title)).toEqual(topics));

  it.each([
    '鸡蛋售价九天上涨 15.5%，创三年新高',
    '现有资本主义模式的未来',
    'The space between two buildings',
    'How to remodel an apple orchard',
    '冠军赛决赛后冲突处罚结果公布',
  ])('%s: none', (title) => expect(told(title)).toEqual([]));

  it('takes two words of the text, but not one in passing', () => {
    expect(told('昆山传来消息', '新的电池与储能电站今天并网。')).toEqual(['energy']);
    expect(told('昆山传来消息', '会上有人提到电池。')).toEqual([]);
  });

  it('takes a hint only where nothing else tells', () => {
    expect(told('Claude 新版本发布')).toEqual(['models']);
    expect(told('OpenAI 完成新一轮融资')).toEqual(['funding']);
    expect(told('northlab / tinydoc', 'Read scanned forms', 'Python')).toEqual(['models']);
  });

  it('takes the aliases of a table that has no words', () => {
    const table = [
      { id: 'sea', name: { zh: '海', en: 'Sea' }, aliases: ['港口', 'ferry'] },
      { id: 'other', name: { zh: '其他', en: 'Other' }, aliases: [] },
    ];
    expect(topicsByWords({ title: 'Ferry line opens', text: '', category: '' }, table)).toEqual(['sea']);
  });
});
