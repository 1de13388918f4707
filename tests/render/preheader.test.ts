import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../src/render/columns.ts';
import { preheaderOf } from '../../src/render/preheader.ts';
import { subjectOf } from '../../src/render/subject.ts';
import { digestOf, editionFor, exampleDigest, masthead, storyOf, wording } from '../helpers/digests.ts';

function preheaderFor(digest = exampleDigest(), topics: 'all' | readonly string[] = 'all') {
  const edition = editionFor(digest, topics);
  return preheaderOf(edition, wording.zh, subjectOf(edition, { masthead, words: wording.zh, subject: '' }));
}

describe('the preheader', () => {
  it('begins with the closing sentence of the day', () => {
    expect(preheaderFor(exampleDigest({ closing: '小模型和回收火箭是今天的主角。' }))).toMatch(
      /^小模型和回收火箭是今天的主角；/,
    );
  });

  it('tells the stories after the lead when there is no closing sentence', () => {
    const preheader = preheaderFor();
    expect(preheader).toContain('云杉实验室开源小型语言模型 Spruce 2');
    expect(preheader).not.toContain('青湖市公布自动驾驶道路测试细则');
  });

  it('does not say again what the subject says', () => {
    const stories = ['模型开源', '火箭回收', '芯片降价', '卫星入轨'].map((title) =>
      storyOf(title, { summary: `关于${title}的正文。` }),
    );
    const preheader = preheaderFor(digestOf([{ name: '一', stories }]));
    expect(preheader).toMatch(/^卫星入轨；关于模型开源/);
    expect(preheader).not.toMatch(/；火箭回收/);
  });

  it('tells a story whose title only begins as that of the subject', () => {
    const stories = [
      'OpenAI releases one',
      'OpenAI releases two',
      'OpenAI opens its third and largest office',
    ].map((title) => storyOf(title));
    expect(preheaderFor(digestOf([{ name: '一', stories }]))).toBe(
      'OpenAI opens its third and largest office',
    );
  });

  it('is cut between words, and only when it is too long', () => {
    const preheader = preheaderFor(
      exampleDigest({ closing: 'Makers must publish part numbers now '.repeat(9) }),
    );
    expect(preheader).toMatch(/ (?:Makers|must|publish|part|numbers|now)…$/);
    expect(preheaderFor(exampleDigest({ closing: '小模型是主角。' }))).not.toContain('…');
  });

  it('is at most 90 Han long', () => {
    expect(
      columnsOf(preheaderFor(exampleDigest({ closing: '今日要闻很多'.repeat(40) }))),
    ).toBeLessThanOrEqual(180);
  });

  it('names only stories that the reader gets', () => {
    expect(preheaderFor(exampleDigest(), ['space'])).not.toMatch(/青湖|云杉|数据中心|白皮书/);
  });

  it('is empty for a lone headline that is the subject already', () => {
    expect(preheaderFor(digestOf([{ name: '一', stories: [storyOf('模型开源')] }]))).toBe('');
  });
});
