import { expect, it } from 'vitest';
import { isIssueId, isWeeklyIssueId, originalIdOf, weeklyIssueIdOf } from '../../src/core/ids.ts';

/** ISO 8601: week 1 is that of the first Thursday. */
it.each([
  ['2026-01-01', '2026-W01'],
  ['2026-03-01', '2026-W09'],
  ['2026-03-02', '2026-W10'],
  ['2027-01-03', '2026-W53'],
  ['2027-01-04', '2027-W01'],
  ['2024-12-30', '2025-W01'],
  ['2021-01-03', '2020-W53'],
])('a weekly issue of %s is that of %s', (date, week) => {
  const id = weeklyIssueIdOf('ai-daily', date);
  expect(id).toBe(`ai-daily-${week}`);
  expect(isIssueId(id)).toBe(true);
  expect(isIssueId(`${id}.c2`)).toBe(true);
  expect(originalIdOf(`${id}.c2`)).toBe(id);
  expect(isIssueId(`${id}-noon`)).toBe(false);
});

it('is told from a daily one, from one with a slot, and from its own correction', () => {
  expect(isWeeklyIssueId('ai-daily-2026-W06')).toBe(true);
  for (const id of ['ai-daily-2026-02-03', 'ai-daily-2026-02-03-w06', 'ai-daily-2026-W06.c1'])
    expect(isWeeklyIssueId(id), id).toBe(false);
});
