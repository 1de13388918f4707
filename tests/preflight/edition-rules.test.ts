import { describe, expect, it } from 'vitest';
import { dateProblems } from '../../src/preflight/date-rules.ts';
import { sizeProblems } from '../../src/preflight/size-rules.ts';
import { subjectProblems } from '../../src/preflight/subject-rules.ts';

describe('the size of an edition', () => {
  const rulesAt = (htmlBytes: number) =>
    sizeProblems({ id: 'e', htmlBytes }).map(({ severity, rule }) => `${severity} ${rule}`);

  it('is fine up to 80,000 bytes, a warning up to 95,000, an error above', () => {
    expect(rulesAt(0)).toEqual([]);
    expect(rulesAt(80_000)).toEqual([]);
    expect(rulesAt(80_001)).toEqual(['warning edition-large']);
    expect(rulesAt(95_000)).toEqual(['warning edition-large']);
    expect(rulesAt(95_001)).toEqual(['error edition-too-large']);
  });
});

describe('the subject', () => {
  const rulesOf = (subject: string) =>
    subjectProblems({ id: 'e', subject }).map(({ severity, rule }) => `${severity} ${rule}`);

  it('is fine up to 60 columns, a Han character counting two', () => {
    expect(rulesOf('新闻'.repeat(15))).toEqual([]);
    expect(rulesOf('a'.repeat(60))).toEqual([]);
    expect(rulesOf(`${'新闻'.repeat(15)}a`)).toEqual(['warning subject-long']);
  });

  it('must say something', () => {
    for (const empty of ['', '  ', '｜ / ', '……']) expect(rulesOf(empty)).toEqual(['error subject-empty']);
  });
});

describe('the date', () => {
  it('is today’s', () => {
    expect(dateProblems('2026-03-05', '2026-03-05')).toEqual([]);
  });

  it('is a warning when it is past or to come', () => {
    expect(dateProblems('2026-02-28', '2026-03-01')).toEqual([
      {
        severity: 'warning',
        rule: 'date-past',
        message: 'the digest is of 2026-02-28, 1 day before today, 2026-03-01',
      },
    ]);
    expect(dateProblems('2026-03-01', '2026-02-28')[0]).toMatchObject({
      rule: 'date-future',
      message: expect.stringContaining('1 day after'),
    });
    expect(dateProblems('2027-03-05', '2026-03-05')).toEqual([
      {
        severity: 'warning',
        rule: 'date-future',
        message: 'the digest is of 2027-03-05, 365 days after today, 2026-03-05',
      },
    ]);
  });
});
