import { describe, expect, it } from 'vitest';
import { dateProblems } from '../../src/preflight/date-rules.ts';
import { messageProblems, sizeProblems } from '../../src/preflight/size-rules.ts';
import { spamProblems } from '../../src/preflight/spam-rules.ts';
import { subjectProblems } from '../../src/preflight/subject-rules.ts';

describe('the size of an edition', () => {
  const rulesAt = (bytes: number) =>
    sizeProblems({ id: 'e', kind: 'HTML', bytes }).map(({ severity, rule }) => `${severity} ${rule}`);

  it('is fine up to 80,000 bytes, a warning up to 95,000, an error above', () => {
    expect(rulesAt(0)).toEqual([]);
    expect(rulesAt(80_000)).toEqual([]);
    expect(rulesAt(80_001)).toEqual(['warning edition-large']);
    expect(rulesAt(95_000)).toEqual(['warning edition-large']);
    expect(rulesAt(95_001)).toEqual(['error edition-too-large']);
  });
});

describe('an edition that was shortened', () => {
  it('is a warning that says what it lacks', () => {
    const messageFor = (stories: number) =>
      sizeProblems({ id: 'e', kind: 'HTML', bytes: 79_000 }, { stories }).map(({ severity, message }) => [
        severity,
        message,
      ]);
    expect(messageFor(0)).toEqual([
      ['warning', 'it leaves out some of its texts to be no larger than 79,000 bytes of HTML'],
    ]);
    expect(messageFor(300)).toEqual([
      ['warning', 'it leaves out 300 stories and more to be no larger than 79,000 bytes of HTML'],
    ]);
    expect(sizeProblems({ id: 'e', kind: 'text', bytes: 79_000 }, { stories: 1 })).toMatchObject([
      { message: 'it leaves out 1 story and more to be no larger than 79,000 bytes of text' },
    ]);
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

describe('the whole message of a copy', () => {
  it('is a warning above 225,000 bytes', () => {
    expect(messageProblems({ id: 'e', messageBytes: 225_000 })).toEqual([]);
    expect(messageProblems({ id: 'e', messageBytes: 225_001 })).toMatchObject([
      {
        severity: 'warning',
        rule: 'message-large',
        edition: 'e',
        message: expect.stringContaining('225,001'),
      },
    ]);
  });
});

describe('a subject that looks like spam', () => {
  const found = (subject: string) => spamProblems({ id: 'e', subject }).map(({ message }) => message);

  it.each([
    ['BREAKING NEWS OF THE DAY', 'is all in capitals'],
    ['重大消息！！', 'has many exclamation or question marks'],
    ['One! Two! Three!', 'has many exclamation or question marks'],
    ['Re: 今日要闻', 'poses as an answer'],
    ['转发：今日要闻', 'poses as an answer'],
    ['Earn $$$ today', 'has several currency signs in a row'],
    ['代开各类发票', 'offers invoices'],
    ['恭喜您获得大礼', 'promises gifts'],
    ['加微信了解详情', 'sounds like a swindle'],
    ['Act now: digest inside', 'sells'],
  ])('%s: %s', (subject, what) => {
    expect(found(subject)).toEqual([expect.stringContaining(what)]);
    expect(spamProblems({ id: 'e', subject })[0]).toMatchObject({
      severity: 'warning',
      rule: 'spam-trigger',
      edition: 'e',
    });
  });

  it.each([
    '青湖市博物馆免费开放；6G 标准定稿｜晨间简报 3/5',
    '电子发票新规四月施行｜晨间简报 3/5',
    'GPT-6 and LLAMA 5 ship｜Tech Weekly 3/2',
    'NASA, ESA and JAXA agree｜Space',
    'Report: what now?',
    '获奖名单公布！｜晨间简报 3/5',
  ])('%s is none', (subject) => expect(found(subject)).toEqual([]));
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
