import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storiesOf } from '../../src/digest/digest.ts';
import { columnsOf } from '../../src/render/columns.ts';
import type { Masthead } from '../../src/render/masthead.ts';
import { subjectOf } from '../../src/render/subject.ts';
import { digestOf, editionFor, exampleDigest, masthead, storyOf, wording } from '../helpers/digests.ts';

function subjectFor(titles: readonly string[], fields: Partial<Masthead> = {}) {
  const digest = digestOf([{ name: '一', stories: titles.map((title) => storyOf(title)) }]);
  return subjectOf(editionFor(digest, 'all'), templateFor(fields));
}

function templateFor(fields: Partial<Masthead> = {}, subject = '') {
  const whole = { ...masthead, ...fields };
  return { masthead: whole, words: wording[whole.language], subject };
}

describe('the subject', () => {
  it('is the lead story, the second, the newsletter and the day', () => {
    expect(subjectFor(['模型开源', '火箭回收'])).toBe('模型开源；火箭回收｜晨间简报 3/5');
  });

  it('drops or shortens the second story when both are too long for the line', () => {
    expect(subjectFor(['青湖市公布自动驾驶道路测试实施细则', '月面通信中继星进入工作轨道'])).toBe(
      '青湖市公布自动驾驶道路测试实施细则｜晨间简报 3/5',
    );
    expect(subjectFor(['火箭完成回收', '月面通信中继星进入工作轨道并开始试运行'])).toMatch(
      /^火箭完成回收；月面通信.*…｜晨间简报 3\/5$/,
    );
  });

  it('speaks English in an English newsletter', () => {
    expect(subjectFor(['Chips cool down', 'Rockets land'], { language: 'en', name: 'Morning' })).toBe(
      'Chips cool down; Rockets land | Morning 3/5',
    );
  });

  it('never takes more than 60 columns, breaks no character and leaves no 《 open', () => {
    const part = fc.constantFrom(
      '《三体》',
      '《很长很长很长很长的书名》',
      '人工智能',
      'GPT-5',
      ' ',
      '🎉',
      '𠮷',
      '，',
      'Supercalifragilistic',
    );
    const title = fc.array(part, { minLength: 1, maxLength: 15 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(title, title, title, fc.boolean(), (lead, second, name, sponsored) => {
        const subject = subjectFor([lead, second], { name, sponsored });
        expect(columnsOf(subject)).toBeLessThanOrEqual(60);
        expect(subject).not.toMatch(/\p{Surrogate}/u);
        expect(subject.split('《').length).toBe(subject.split('》').length);
      }),
      { numRuns: 500 },
    );
  });

  it('names only stories that the reader gets', () => {
    const digest = exampleDigest();
    const subject = subjectOf(editionFor(digest, ['space']), templateFor());
    const others = storiesOf(digest).filter(({ topics }) => !topics.includes('space'));
    expect(subject).toContain('海燕三号火箭');
    for (const { title } of others) expect(subject).not.toContain(title.slice(0, 4));
  });

  it('shows the text of a title, not its markup, on one line', () => {
    expect(subjectFor(['**重磅**：[开源](https://a.example)\n了'])).toBe('重磅：开源 了｜晨间简报 3/5');
  });

  it('begins with 广告 in a sponsored newsletter, also when the operator wrote it', () => {
    const edition = editionFor(exampleDigest(), 'all');
    const sponsored = { sponsored: true };
    expect(subjectOf(edition, templateFor(sponsored))).toMatch(/^广告｜/);
    expect(subjectOf(edition, templateFor(sponsored, '今日特刊'))).toBe('广告｜今日特刊');
    expect(subjectOf(edition, templateFor({}, ' 今日\r\n特刊 '))).toBe('今日 特刊');
  });
});
