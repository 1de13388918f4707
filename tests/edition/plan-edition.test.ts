import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editionIdOf } from '../../src/core/ids.ts';
import { storiesOf } from '../../src/digest/digest.ts';
import { isSkipped } from '../../src/edition/edition.ts';
import { planEdition } from '../../src/edition/plan-edition.ts';
import {
  arbitraryChoice,
  arbitraryDigest,
  digestOf,
  editionFor,
  exampleDigest,
  storyOf,
  topicIds,
} from '../helpers/digests.ts';

const options = { issue: 'morning-2026-03-05', revision: 1, date: '2026-03-05', topicOrder: topicIds };

describe('an edition', () => {
  it('holds the stories of the chosen topics and no other', () => {
    fc.assert(
      fc.property(arbitraryDigest, arbitraryChoice, (digest, topics) => {
        const edition = planEdition(digest, { topics, format: 'html' }, options);
        const wanted = storiesOf(digest).filter(
          (story) => topics === 'all' || story.topics.some((topic) => topics.includes(topic)),
        );
        if (isSkipped(edition)) expect(wanted).toEqual([]);
        else expect(storiesOf(edition)).toEqual(wanted);
      }),
    );
  });

  it('loses no story: the editions of single topics together hold them all', () => {
    fc.assert(
      fc.property(arbitraryDigest, (digest) => {
        const single = topicIds
          .map((topic) => planEdition(digest, { topics: [topic], format: 'html' }, options))
          .flatMap((edition) => (isSkipped(edition) ? [] : storiesOf(edition)));
        expect(new Set(single)).toEqual(new Set(storiesOf(digest)));
      }),
    );
  });

  it('counts what it holds and what it left out', () => {
    fc.assert(
      fc.property(arbitraryDigest, arbitraryChoice, (digest, topics) => {
        const edition = planEdition(digest, { topics, format: 'html' }, options);
        if (isSkipped(edition)) return;
        expect(edition.storyCount).toBe(storiesOf(edition).length);
        expect(edition.storyCount + edition.omittedCount).toBe(storiesOf(digest).length);
        expect(edition.categories.every(({ stories }) => stories.length > 0)).toBe(true);
      }),
    );
  });

  it('holds a story of several chosen topics once', () => {
    const titles = storiesOf(editionFor(exampleDigest(), ['policy', 'energy'])).map(({ title }) => title);
    expect(titles.filter((title) => title === '数据中心能耗新标准征求意见')).toHaveLength(1);
  });

  it('names its topics in the order of the table, unknown ones last', () => {
    const digest = digestOf([
      {
        name: '一',
        stories: [
          storyOf('甲', { topics: ['of-a-later-table', 'space'] }),
          storyOf('乙', { topics: ['policy'] }),
        ],
      },
    ]);
    expect(editionFor(digest, 'all').topics).toEqual(['policy', 'space', 'of-a-later-table']);
  });

  it('is skipped when no story is left', () => {
    const preferenceSet = { topics: ['biotech'], format: 'html' } as const;
    expect(planEdition(exampleDigest(), preferenceSet, options)).toEqual({
      skipped: 'no-stories',
      preferenceSet,
    });
    expect(planEdition(exampleDigest(), { topics: [], format: 'html' }, options)).toHaveProperty('skipped');
  });

  it('has the id of its revision and preference set, whatever the order of the topics', () => {
    const edition = editionFor(exampleDigest(), ['space', 'policy']);
    expect(edition.id).toBe(editionIdOf(1, 'html policy,space'));
    expect(edition.id).not.toBe(editionFor(exampleDigest(), ['space', 'policy'], 'text').id);
  });

  it('keeps what belongs to the whole day', () => {
    const { analyses, trends, closing } = editionFor(exampleDigest({ closing: '今天到此为止。' }), ['space']);
    expect([analyses.length, trends.length, closing]).toEqual([1, 2, '今天到此为止。']);
  });

  it('tells the minutes of what it holds, at least one', () => {
    const long = storyOf('长文', { topics: ['space'], summary: '字'.repeat(1_199) });
    const digest = digestOf([{ name: '一', stories: [storyOf('短文', { topics: ['policy'] }), long] }]);
    expect(editionFor(digest, ['policy']).readingMinutes).toBe(1);
    expect(editionFor(digest, ['space']).readingMinutes).toBe(4);
  });
});
