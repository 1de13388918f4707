import { describe, expect, it } from 'vitest';
import { storiesOf } from '../../src/digest/digest.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { lostLines } from './line-account.ts';

const titles = ['电站并网', '新药获批', '火箭回收', '芯片量产'];

function read(texts: readonly string[]) {
  const source = `# 日报 2026-03-02\n\n${texts.map((text, index) => `## ${titles[index]}\n\n${text}\n`).join('\n')}`;
  const parsed = parseDigest(source, { topics: builtInTopics, name: 'digest.md' });
  expect(lostLines(source, parsed)).toEqual([]);
  return { summaries: storiesOf(parsed.digest).map(({ summary }) => summary), unparsed: parsed.unparsed };
}

const same = '更多深度内容请打开海屿客户端继续阅读全文。';

describe('boilerplate', () => {
  it('is what ends three stories alike, in the line or under it', () => {
    const { summaries, unparsed } = read([`第一件事。${same}`, `第二件事。${same}`, `第三件事。\n\n${same}`]);
    expect(summaries).toEqual(['第一件事。', '第二件事。', '第三件事。']);
    expect(unparsed.map(({ text }) => text)).toEqual([same, same, same]);
  });

  it('is not what two stories share, nor the text of one story that stands in several categories', () => {
    expect(read([`第一件事。${same}`, `第二件事。${same}`, '第三件事。']).summaries[0]).toContain(same);
    const source = ['政策', '产品', '能源', '资本']
      .map(
        (name, index) =>
          `## ${name}\n\n${index + 1}. **电站并网**\n   并网之后可供百万户家庭在晚间用电使用。\n`,
      )
      .join('\n');
    const { digest } = parseDigest(`# 日报 2026-03-02\n\n${source}`, {
      topics: builtInTopics,
      name: 'digest.md',
    });
    expect(storiesOf(digest).map(({ summary }) => summary)).toEqual([
      '并网之后可供百万户家庭在晚间用电使用。',
    ]);
  });

  it('is a description of the column, where three stories end with one', () => {
    const columns = [
      '电网、储能与氢能的每日动态。',
      '药企、医院和实验室的最新资讯。',
      '经过核实的火箭、卫星项目精选。',
    ];
    const news = ['四台机组今天并网。', '第三期试验完成。', '第十次回收成功。'];
    expect(read(news.map((text, index) => `${text} ${columns[index]}`)).summaries).toEqual(news);
    const two = read([`${news[0]} ${columns[0]}`, `${news[1]} ${columns[1]}`, news[2] ?? '']);
    expect(two.summaries[0]).toContain(columns[0]);
  });

  it('is what weblogs append to the texts of their feed', () => {
    const { summaries } = read(['It opened. The post It opened appeared first on Wire.', 'Nothing else.']);
    expect(summaries).toEqual(['It opened.', 'Nothing else.']);
  });
});
