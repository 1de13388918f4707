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

  it('tells three stories where there is room', () => {
    expect(subjectFor(['模型开源', '火箭回收', '芯片降价', '卫星入轨'])).toBe(
      '模型开源；火箭回收；芯片降价｜晨间简报 3/5',
    );
    expect(subjectFor(['Chips cool', 'Rockets land', 'Rates rise'], { language: 'en', name: 'Brief' })).toBe(
      'Chips cool; Rockets land; Rates rise | Brief 3/5',
    );
  });

  it('takes the leading clause of the lead when that makes room for another story', () => {
    const english = { language: 'en', name: 'Brief' } as const;
    expect(subjectFor(['Rates rise again as prices climb', 'Rockets land'], english)).toBe(
      'Rates rise again as prices climb; Rockets land | Brief 3/5',
    );
    expect(subjectFor(['Rates rise again across Europe as prices climb', 'Chips cool'], english)).toBe(
      'Rates rise again across Europe…; Chips cool | Brief 3/5',
    );
    expect(subjectFor(['云杉公布创纪录财报，毛利率大幅上升', '火箭完成回收'])).toBe(
      '云杉公布创纪录财报…；火箭完成回收｜晨间简报 3/5',
    );
    expect(subjectFor(['梁山参与撰写，最新论文提出新的结构', '火箭完成回收'])).toBe(
      '梁山参与撰写，最新论文提出新的结构｜晨间简报 3/5',
    );
  });

  it('ends no headline within a word, nor before what a number counts', () => {
    const english = { language: 'en', name: 'Morning Brief' } as const;
    expect(subjectFor(['Lowland Council agrees on a right to repair'], english)).toBe(
      'Lowland Council agrees on a right… | Morning Brief 3/5',
    );
    expect(subjectFor(['“Lowland Council agrees on a right to repair”, says minister'], english)).toBe(
      'Lowland Council agrees on a right… | Morning Brief 3/5',
    );
    expect(subjectFor(['Two large foundations form a fund of $50 million'], english)).toBe(
      'Two large foundations form a fund… | Morning Brief 3/5',
    );
    expect(subjectFor(['Exports of small tugs rise by thirty-three percent'], english)).toBe(
      'Exports of small tugs rise… | Morning Brief 3/5',
    );
  });

  it('leaves every word of a spaced title whole, and marks what is missing', () => {
    const word = fc.stringMatching(/^[a-z]{1,9}(?:-[a-z]{1,5})?$/);
    const title = fc.array(word, { minLength: 1, maxLength: 14 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(title, title, title, (...titles) => {
        const subject = subjectFor(titles, { language: 'en', name: 'Brief' });
        const shown = subject.replace(/ \| Brief 3\/5$/, '').split('; ');
        expect(columnsOf(subject)).toBeLessThanOrEqual(60);
        for (const [index, headline] of shown.entries()) {
          const whole = titles[index] ?? '';
          if (headline === whole) continue;
          expect(headline.endsWith('…')).toBe(true);
          expect(`${whole} `.startsWith(`${headline.slice(0, -1)} `), headline).toBe(true);
        }
      }),
      { numRuns: 500 },
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
