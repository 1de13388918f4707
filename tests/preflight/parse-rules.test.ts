import { describe, expect, it } from 'vitest';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { parseProblems } from '../../src/preflight/parse-rules.ts';
import { exampleDigest } from '../helpers/digests.ts';
import { parsedOf } from './samples.ts';

const story = (title: string) =>
  `**${title}**\n\n说明：内容在此，足够长的一句话。\n\n来源出处：[青湖日报](https://news.example/${encodeURIComponent(title)})\n\n`;

function problemsIn(text: string) {
  return parseProblems(parseDigest(text, { topics: builtInTopics, name: 'today.md' }));
}

describe('what the parser found', () => {
  it('is no problem when it understood everything', () => {
    expect(parseProblems(parsedOf(exampleDigest()))).toEqual([]);
    expect(problemsIn(`# 晨报 (2026-03-05)\n\n**政策**\n\n${story('甲')}${story('乙')}`)).toEqual([]);
  });

  it('warns of a category that no topic knows', () => {
    const [problem, ...others] = problemsIn(
      `# 晨报 (2026-03-05)\n\n**占星**\n\n${story('甲')}${story('乙')}`,
    );
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ severity: 'warning', rule: 'unknown-category' });
    expect(problem?.message).toContain('占星');
  });

  it('warns of whatever else the parser warns of', () => {
    const warnings = [{ line: 12, message: 'dropped the link javascript:1' }];
    expect(parseProblems(parsedOf(exampleDigest(), { warnings }))).toEqual([
      {
        severity: 'warning',
        rule: 'parse-warning',
        lines: [12],
        message: 'line 12: dropped the link javascript:1',
      },
    ]);
  });

  it('warns once of all the lines that are in no mail, and quotes the first', () => {
    const unparsed = Array.from({ length: 10 }, (_, index) => ({
      line: index + 3,
      text: `  stray ${index}`,
    }));
    expect(parseProblems(parsedOf(exampleDigest(), { unparsed }))).toEqual([
      {
        severity: 'warning',
        rule: 'unparsed-text',
        message: 'lines 3, 4, 5, 6, 7, 8, 9, 10 … are left out of the mail: “stray 0”',
      },
    ]);
    const [one] = parseProblems(parsedOf(exampleDigest(), { unparsed: unparsed.slice(0, 1) }));
    expect(one?.message).toBe('line 3 is left out of the mail: “stray 0”');
  });
});
