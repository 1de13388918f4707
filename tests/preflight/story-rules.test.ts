import { describe, expect, it } from 'vitest';
import { fewStories, storyProblems } from '../../src/preflight/story-rules.ts';
import { digestOf, storyOf } from '../helpers/digests.ts';
import { sourcedDigest } from './samples.ts';

const sources = [{ name: '青湖日报' }];
const rulesOf = (digest: Parameters<typeof storyProblems>[0]) =>
  storyProblems(digest).map(({ rule }) => rule);

describe('a digest', () => {
  it('with stories that all name a source has no problem', () => {
    expect(storyProblems(sourcedDigest())).toEqual([]);
  });

  it('without a story is an error', () => {
    expect(storyProblems(digestOf([]))).toEqual([
      { severity: 'error', rule: 'no-stories', message: 'the digest holds no story' },
    ]);
  });

  it('says once how many stories name no source, and where they stand', () => {
    const stories = ['甲', '乙', '丙'].map((title, index) => storyOf(title, { line: 10 + index }));
    expect(storyProblems(digestOf([{ name: '政策', stories }]))).toEqual([
      {
        severity: 'warning',
        rule: 'source-missing',
        lines: [10, 11, 12],
        message: '3 stories name no source: lines 10, 11 and 12',
      },
    ]);
    const [only] = storyProblems(digestOf([{ name: '政策', stories: stories.slice(0, 1) }]));
    expect(only?.message).toBe('line 10: “甲” names no source');
  });

  it('names two stories that share a title, a text or the link to a page', () => {
    const summary = '细则自四月起施行，首批开放城市道路一百二十公里。';
    const pairs = [
      [storyOf('同一个标题', { sources, line: 3 }), storyOf('同一个 标题！', { sources, line: 9 })],
      [storyOf('甲', { sources, summary }), storyOf('乙', { sources, summary })],
      [
        storyOf('甲', { sources: [{ name: '甲报' }, { name: '乙报', url: 'https://b.example/1' }] }),
        storyOf('乙', { sources: [{ name: '丙报' }, { name: '乙报', url: 'https://b.example/1' }] }),
      ],
    ];
    for (const stories of pairs)
      expect(rulesOf(digestOf([{ name: '政策', stories }]))).toEqual(['duplicate-stories']);
    const [problem] = storyProblems(digestOf([{ name: '政策', stories: pairs[0] ?? [] }]));
    expect(problem?.message).toBe('line 9: “同一个 标题！” seems to be the story of line 3, “同一个标题”');
  });

  it('may have several stories from the front page of one paper, and short texts that agree', () => {
    const frontPage = [{ name: '乙报', url: 'https://b.example/' }];
    const stories = [
      storyOf('甲', { sources: frontPage, summary: '详见原文。' }),
      storyOf('乙', { sources: frontPage, summary: '详见原文。' }),
    ];
    expect(rulesOf(digestOf([{ name: '政策', stories }]))).toEqual([]);
  });
});

describe('an edition', () => {
  it('is worth a mail from three stories on', () => {
    expect(fewStories({ id: 'e', stories: 3 })).toEqual([]);
    expect(fewStories({ id: 'e', stories: 2 })).toEqual([
      { severity: 'warning', rule: 'few-stories', edition: 'e', message: 'holds only 2 stories' },
    ]);
    expect(fewStories({ id: 'e', stories: 1 })[0]?.message).toBe('holds only 1 story');
  });
});
