import { describe, expect, it } from 'vitest';
import type { Digest } from '../../src/digest/digest.ts';
import { unusualProblems } from '../../src/preflight/usual-rules.ts';
import { digestOf, storyOf } from '../helpers/digests.ts';

function day(stories: number, letters: number, url = 'https://www.news.example/a'): Digest {
  return digestOf([
    {
      name: '政策',
      stories: Array.from({ length: stories }, (_, n) =>
        storyOf('题', {
          line: n + 5,
          summary: '字'.repeat(letters / stories),
          sources: [{ name: '报', url }],
        }),
      ),
    },
  ]);
}

const week = Array.from({ length: 5 }, () => day(10, 1000));
const found = (digest: Digest, past: readonly Digest[] = week) =>
  unusualProblems(digest, past).map(({ severity, rule, message }) => `${severity} ${rule}: ${message}`);

describe('what is unlike the issues before', () => {
  it('is nothing up to half and twice of what is usual', () => {
    expect(found(day(5, 1000))).toEqual([]);
    expect(found(day(20, 2000))).toEqual([]);
  });

  it('is a warning with far fewer or more stories, with far less or more text', () => {
    expect(found(day(4, 1000))).toEqual([
      'warning stories-unusual: the digest has 4 stories; the last 5 issues had 10',
    ]);
    expect(found(day(21, 1050))).toEqual([
      expect.stringContaining('stories-unusual: the digest has 21 stories'),
    ]);
    expect(found(day(10, 300))).toEqual([
      expect.stringMatching(/^warning size-unusual: the digest has \d+ letters/),
    ]);
    expect(found(day(10, 5000))).toEqual([expect.stringContaining('size-unusual')]);
  });

  it('is a warning with sites that were never linked, and where they stand', () => {
    expect(found(day(10, 1000, 'https://cdn.news.example/b'))).toEqual([]);
    expect(found(day(10, 1000, 'https://one.github.io/b'))).toEqual([
      'warning link-new-site: not linked in the last 5 issues: one.github.io (line 5)',
    ]);
    const many = digestOf([
      {
        name: '政策',
        stories: Array.from({ length: 10 }, (_, n) =>
          storyOf('题', {
            line: n,
            summary: '字'.repeat(100),
            sources: [{ name: '报', url: `https://site${n}.example/` }],
          }),
        ),
      },
    ]);
    expect(found(many)).toEqual([expect.stringMatching(/site7\.example \(line 7\) and 2 more$/)]);
  });

  it('says nothing before five issues, and not that an empty digest is small', () => {
    expect(found(day(1, 10), week.slice(1))).toEqual([]);
    expect(found(digestOf([]))).toEqual([]);
  });
});
