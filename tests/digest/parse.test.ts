/** What holds for every format: dates, days, duplicates, thresholds, decoding. */
import { describe, expect, it } from 'vitest';
import { storiesOf } from '../../src/digest/digest.ts';
import { type ParseOptions, parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { lostLines } from './line-account.ts';

const parse = (source: string | Buffer, options: Partial<ParseOptions> = {}) =>
  parseDigest(source, { topics: builtInTopics, name: 'digest.md', ...options });
const code = (expected: string, part = '') =>
  expect.objectContaining({ code: expected, message: expect.stringContaining(part) });
const story = (title: string, page: number) => `- [${title}](https://a.example/${page})\n`;

describe('the date', () => {
  const day = `# Daily\n\n## Policy\n\n${story('One', 1)}`;

  it('is null when the text names none', () => expect(parse(day).digest.date).toBeNull());

  it('given for a file without one is taken without a warning', () => {
    expect(parse(day, { date: '2026-03-02' })).toMatchObject({
      digest: { date: '2026-03-02' },
      warnings: [],
    });
  });

  it('given against the file’s own overrides it with a warning', () => {
    const { digest, warnings } = parse(day.replace('Daily', 'Daily 2026-03-01'), { date: '2026-03-02' });
    expect(digest.date).toBe('2026-03-02');
    expect(warnings).toEqual([{ line: 1, message: expect.stringContaining('2026-03-01') }]);
  });

  it.each(['2026-02-30', '02.03.2026', '2026-2-3', ''])('%j is no date', (date) => {
    expect(() => parse(day, { date })).toThrow(code('date-invalid'));
  });
});

describe('several days in one file', () => {
  const days = `# Daily\n\n## 2026-03-02\n\n### One\n\nText.\n\n### Two\n\nText.\n\n## 2026-03-01\n\n### Three\n\nText.\n`;

  it('are named when none was chosen', () => {
    expect(() => parse(days)).toThrow(code('several-days', '2026-03-02, 2026-03-01'));
  });

  it('give the one that was chosen, the other listed', () => {
    const parsed = parse(days, { date: '2026-03-01' });
    expect(parsed.digest).toMatchObject({ title: 'Daily', date: '2026-03-01' });
    expect(storiesOf(parsed.digest).map(({ title, line }) => [title, line])).toEqual([['Three', 15]]);
    expect(parsed.warnings.filter(({ message }) => message.includes('overrides'))).toEqual([]);
    expect(lostLines(days, parsed)).toEqual([]);
  });

  it('refuse a day that is not among them', () => {
    expect(() => parse(days, { date: '2026-03-05' })).toThrow(code('date-absent', '2026-03-01'));
  });

  it('are found in the labelled format too', () => {
    const one = (date: string) => `晨报 (${date})\n\n**政策**\n\n**甲${date}**\n说明：一\n\n`;
    expect(() => parse(one('2026-03-01') + one('2026-03-02'))).toThrow(code('several-days'));
    expect(parse(one('2026-03-01') + one('2026-03-02'), { date: '2026-03-02' }).digest.date).toBe(
      '2026-03-02',
    );
  });

  it('are not seen in stories whose titles hold dates', () => {
    const titled =
      '# Daily\n\n## Launch set for (2026-03-05)\n\nText.\n\n## Vote moved to (2026-03-09)\n\nText.\n';
    expect(storiesOf(parse(titled).digest)).toHaveLength(2);
  });
});

describe('duplicates', () => {
  it('by title collapse into one story with the topics of both', () => {
    const { digest } = parse(
      '# D\n\n## 政策\n\n- **甲 Ａ**：一\n\n## 能源\n\n- **甲 a**：二\n- **乙**：三\n',
    );
    expect(digest.categories.map(({ name, stories }) => [name, stories.length])).toEqual([
      ['政策', 1],
      ['能源', 1],
    ]);
    expect(storiesOf(digest)[0]).toMatchObject({ topics: ['policy', 'energy'], summary: '一\n\n二' });
  });

  it('by link collapse and keep the other title as a point', () => {
    const source = `# D\n\n## 政策\n\n${story('One', 1)}${story('Other words', 1)}`;
    expect(storiesOf(parse(source).digest)).toMatchObject([
      { title: 'One', highlights: [{ text: 'Other words' }] },
    ]);
  });

  it('are not made by a link to a whole site', () => {
    const { digest } = parse('# D\n\n## A\n\n- [One](https://a.example/)\n- [Two](https://a.example/)\n');
    expect(storiesOf(digest)).toHaveLength(2);
  });

  it('empty a category, which is then listed', () => {
    const { digest, unparsed } = parse(`# D\n\n## 政策\n\n${story('One', 1)}\n## 能源\n\n${story('One', 1)}`);
    expect(digest.categories.map(({ name }) => name)).toEqual(['政策']);
    expect(unparsed).toEqual([{ line: 7, text: '## 能源' }]);
  });
});

describe('warnings', () => {
  it('name an unknown category, once', () => {
    const { warnings } = parse(`# D\n\n## 杂谈\n\n${story('One', 1)}${story('Two', 2)}`);
    expect(warnings).toEqual([{ line: 5, message: expect.stringContaining('杂谈') }]);
  });
});

describe('limits', () => {
  it('a file without stories says what was looked for', () => {
    expect(() => parse('just one line')).toThrow(code('no-stories', 'looked for'));
    expect(() => parse('')).toThrow(code('no-stories', 'digest.md'));
  });

  it('a file that is mostly not understood is refused unless forced', () => {
    const prose = 'A remark that belongs to nothing and goes on for a while\n'.repeat(20);
    const source = `晨报\n${prose}\n**甲**\n说明：一\n`;
    expect(() => parse(source, { format: 'labelled' })).toThrow(code('too-much-unparsed', 'lines 2'));
    const forced = parse(source, { format: 'labelled', force: true });
    expect(forced.unparsed).toHaveLength(20);
    expect(lostLines(source, forced)).toEqual([]);
  });

  it('a file over 4 MB is refused', () => {
    expect(() => parse('x'.repeat(4 * 1024 * 1024 + 1))).toThrow(code('digest-too-large'));
  });

  it('bytes that are no UTF-8 are refused with their line', () => {
    const gbk = Buffer.concat([Buffer.from('# D\n\n'), Buffer.from([0xd5, 0xfe, 0xb2, 0xdf])]);
    expect(() => parse(gbk)).toThrow(code('digest-unreadable', 'line 3'));
  });

  it('an unknown format is refused', () => {
    expect(() => parse('x', { format: 'xml' as never })).toThrow(code('format-unknown', 'xml'));
  });

  it('broken JSON is refused', () => {
    expect(() => parse('{"title": "x", "news": [')).toThrow(code('digest-unreadable'));
  });
});
