import { beforeAll, describe, expect, it } from 'vitest';
import { markProblems, placeholderProblems } from '../../src/preflight/placeholder-rules.ts';
import type { EditionSample } from '../../src/preflight/sample.ts';
import { digestOf, exampleDigest, storyOf } from '../helpers/digests.ts';
import { sampleFor } from './samples.ts';

const saying = (summary: string) =>
  digestOf([{ name: '政策', stories: [storyOf('甲', { summary, line: 7 })] }]);

describe('a placeholder in the digest', () => {
  it.each([
    '{{summary}}',
    '{{{ body }}}',
    '{{#each stories}}',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the placeholder
    '${title}',
    '<%= name %>',
    '*|FNAME|*',
    '%%first_name%%',
    '[INSERT LINK HERE]',
    // A digest's own unfinished place, in the ways people write it.
    '[TODO]', // input of this test, nothing of ours to do: the commonest mark, which the rule must find
    '[TO-DO: link]',
  ])('is an error: %s', (placeholder) => {
    const problems = placeholderProblems(saying(`前文 ${placeholder} 后文`), '');
    expect(problems.map(({ severity, rule }) => `${severity} ${rule}`)).toEqual(['error placeholder-left']);
    expect(problems[0]?.message).toBe(`line 7: ${JSON.stringify(placeholder)} was never filled in`);
  });

  it.each([
    'Vue 用 `{{ message }}` 显示变量',
    '价格 ${ 上涨',
    '增长 5%%，下降 3%%',
    '{ "json": true }',
    '[图] 见原文 [1]',
    '100% * | 50%',
  ])('is none: %s', (text) => {
    expect(placeholderProblems(saying(text), '')).toEqual([]);
  });

  it('is found in every text that gets into the mail, and in the operator’s subject', () => {
    const left = '{{x}}';
    const story = storyOf('甲', { line: 7 });
    const digests = [
      digestOf([{ name: left, stories: [story] }]),
      digestOf([{ name: '政策', stories: [{ ...story, title: left }] }]),
      digestOf([{ name: '政策', stories: [{ ...story, background: left }] }]),
      digestOf([{ name: '政策', stories: [{ ...story, highlights: [{ label: left, text: '点' }] }] }]),
      digestOf([{ name: '政策', stories: [{ ...story, highlights: [{ text: left }] }] }]),
      digestOf([{ name: '政策', stories: [{ ...story, sources: [{ name: left }] }] }]),
      digestOf([], { analyses: [{ title: '析', fields: [{ label: '因', text: left }] }] }),
      digestOf([], { trends: [{ text: left }] }),
      digestOf([], { closing: left }),
    ];
    for (const digest of digests) expect(placeholderProblems(digest, '')).toHaveLength(1);
    expect(placeholderProblems(exampleDigest(), `早安 ${left}`)[0]?.message).toContain('the subject');
  });
});

describe('a mark of our own templates', () => {
  let sample: EditionSample;
  beforeAll(async () => {
    sample = await sampleFor();
  });

  it('is in no mail that was rendered', () => {
    expect(markProblems(sample)).toEqual([]);
  });

  it('is not taken for the checksum of a file', () => {
    const checksum = '(d41d8cd98f00b204e9800998ecf8427e notes.txt)';
    expect(markProblems({ ...sample, html: checksum, text: checksum })).toEqual([]);
  });

  it('is an error wherever one was left', () => {
    const nonce = '0123456789abcdef'.repeat(2);
    const marks = [`(${nonce} meta)`, `<!--${nonce} open story.0.1-->`, `(${nonce} unsubscribeUrl)`];
    for (const mark of marks) {
      for (const part of ['html', 'text'] as const) {
        const [problem, ...others] = markProblems({ ...sample, [part]: `${sample[part]}${mark}` });
        expect(problem).toMatchObject({ severity: 'error', rule: 'mark-left', edition: sample.edition.id });
        expect(others).toEqual([]);
      }
    }
    const rendered = { ...sample.rendered, preheader: `(${nonce} preheader)` };
    expect(markProblems({ ...sample, rendered })).toHaveLength(1);
  });
});
