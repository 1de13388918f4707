import { describe, expect, it } from 'vitest';
import type { Story } from '../../src/digest/digest.ts';
import { storiesOf } from '../../src/digest/digest.ts';
import { decodeFingerprint, encodeFingerprint, fingerprintOf } from '../../src/edition/fingerprint.ts';
import { findRepeats, type PublishedIssue, withoutRepeats } from '../../src/edition/repeats.ts';
import { digestOf, storyOf } from '../helpers/digests.ts';

const page = (path: string, name = '报社') => [{ name, url: `https://news.example/${path}` }];

function publishedWith(stories: readonly Story[], date = '2026-03-04'): PublishedIssue {
  return { issue: `morning-${date}`, date, stories: stories.map(fingerprintOf) };
}

const repeats = (story: Story, ...published: readonly Story[]) =>
  findRepeats(digestOf([{ name: '航天', stories: [story] }]), [publishedWith(published)]);

const launch = storyOf('海燕三号火箭完成第十次回收', {
  summary: '整流罩同时回收成功。',
  sources: page('launch/10'),
});

describe('a repeat', () => {
  it.each([
    ['the same story', {}],
    ['the same link under another title', { title: '第十次回收成功' }],
    ['the same title from another page', { sources: page('other/10') }],
    ['the same title without a source', { sources: [] }],
    ['the same title in other characters', { title: '“海燕三号”火箭，完成第十次回收！', sources: [] }],
    [
      'the same link, counted differently',
      { title: '第十次回收成功', sources: page('launch/10/?utm_source=mail') },
    ],
  ])('is %s', (_, fields) => {
    expect(repeats({ ...launch, ...fields }, launch)).toMatchObject([
      { issue: 'morning-2026-03-04', date: '2026-03-04', isLeftOut: true },
    ]);
  });

  it.each([
    ['another story of the same site', { title: '海燕四号火箭首飞', sources: page('launch/11') }],
    ['a story from the same front page', { title: '海燕四号火箭首飞', sources: page('') }],
    [
      'a story of which that page is the second source',
      { title: '海燕四号火箭首飞', sources: [...page('launch/11'), ...page('launch/10')] },
    ],
    [
      'a story that quotes the page',
      { title: '海燕四号火箭首飞', summary: '比[上次](https://news.example/launch/10)更高。' },
    ],
  ])('is not %s', (_, fields) => {
    expect(
      repeats(
        { ...launch, summary: '新的。', ...fields },
        launch,
        storyOf('别的新闻', { sources: page('') }),
      ),
    ).toEqual([]);
  });

  it('is not told by a title too short to mean one thing', () => {
    const market = (summary: string, path: string) => storyOf('今日行情', { summary, sources: page(path) });
    expect(repeats(market('涨。', 'market/2'), market('跌。', 'market/1'))).toEqual([]);
    expect(repeats(market('', 'market/2'), market('', 'market/1'))).toEqual([]);
    expect(repeats(market('跌。', 'market/2'), market('跌。', 'market/1'))).toHaveLength(1);
  });

  it('stays when it is marked as an update, unless the update itself was published word for word', () => {
    const update = {
      ...launch,
      title: `更新：${launch.title}`,
      summary: '第二级也已回收。',
      update: true as const,
    };
    expect(repeats(update, launch)).toMatchObject([{ isLeftOut: false }]);
    expect(repeats(update, launch, update)).toMatchObject([{ isLeftOut: true }]);
    expect(repeats(launch, { ...update, sources: [] })).toMatchObject([{ isLeftOut: true }]);
  });

  it('names the newest issue that holds it, in whatever order they come', () => {
    const digest = digestOf([{ name: '航天', stories: [launch] }]);
    const days = ['2026-03-03', '2026-03-04', '2026-03-01'].map((date) => publishedWith([launch], date));
    expect(findRepeats(digest, days)).toMatchObject([{ date: '2026-03-04' }]);
  });
});

describe('a digest without repeats', () => {
  const fresh = storyOf('月面通信中继星进入工作轨道');
  const digest = digestOf(
    [
      { name: '航天', stories: [launch] },
      { name: '通信', stories: [fresh, { ...launch, title: `更新：${launch.title}`, update: true }] },
    ],
    { closing: '今天到此。', trends: [{ text: '回收成为常态。' }] },
  );

  it('keeps the rest, updates among it, and no category that is empty', () => {
    const left = withoutRepeats(digest, findRepeats(digest, [publishedWith([launch])]));
    expect(storiesOf(left).map(({ title }) => title)).toEqual([fresh.title, `更新：${launch.title}`]);
    expect(left.categories.map(({ name }) => name)).toEqual(['通信']);
    expect({ closing: left.closing, trends: left.trends }).toEqual({
      closing: digest.closing,
      trends: digest.trends,
    });
  });

  it('is the digest itself when nothing was published', () => {
    expect(withoutRepeats(digest, findRepeats(digest, []))).toBe(digest);
  });
});

describe('a fingerprint', () => {
  it('is read as it was written', () => {
    for (const story of [launch, storyOf('短'), storyOf('短', { sources: page('short/1') })]) {
      const word = encodeFingerprint(fingerprintOf(story));
      expect(word).toMatch(/^[\w-]*,[\w-]*,[\w-]*$/);
      expect(decodeFingerprint(word)).toEqual(fingerprintOf(story));
    }
  });
});
