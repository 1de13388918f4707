import { describe, expect, it } from 'vitest';
import type { Repeat } from '../../src/edition/repeats.ts';
import { sameProblems } from '../../src/preflight/repeat-rules.ts';
import { digestOf, storyOf } from '../helpers/digests.ts';

const fresh = (count: number) =>
  digestOf([{ name: '政策', stories: Array.from({ length: count }, () => storyOf('新')) }]);
const repeats = (count: number, date = '2026-03-04', isLeftOut = true): Repeat[] =>
  Array.from({ length: count }, () => ({ story: storyOf('旧'), issue: `morning-${date}`, date, isLeftOut }));

const yesterday = '2026-03-04';

describe('sameness with the issue before', () => {
  it('is an error when more than half of the stories stood in it', () => {
    expect(sameProblems(fresh(2), repeats(3), yesterday)).toEqual([
      {
        severity: 'error',
        rule: 'same-as-yesterday',
        message: '3 of 5 stories stood in morning-2026-03-04: is this the file of that day?',
      },
    ]);
    expect(sameProblems(fresh(0), repeats(3), yesterday)).toHaveLength(1);
  });

  it('is none with half of them, with stories of other days, with updates, or where nothing came before', () => {
    expect(sameProblems(fresh(3), repeats(3), yesterday)).toEqual([]);
    expect(sameProblems(fresh(1), repeats(3, '2026-03-01'), yesterday)).toEqual([]);
    expect(sameProblems(fresh(3), repeats(3, yesterday, false), yesterday)).toEqual([]);
    expect(sameProblems(fresh(0), repeats(3), null)).toEqual([]);
    expect(sameProblems(fresh(0), [], yesterday)).toEqual([]);
  });
});
