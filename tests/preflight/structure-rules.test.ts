import { describe, expect, it } from 'vitest';
import { readMail } from '../../src/preflight/mail-tree.ts';
import { structureProblems } from '../../src/preflight/structure-rules.ts';
import { sampleFor } from './samples.ts';

const rulesOf = (html: string) =>
  structureProblems(readMail(html), 'e').map(({ rule, message }) => `${rule}: ${message}`);

const page = (body: string, lang = 'zh', title = '晨报') =>
  `<html lang="${lang}"><head><title>${title}</title></head><body>${body}</body></html>`;

describe('the structure of the HTML part', () => {
  it('is in order in the mail of ours', async () => {
    const { html } = await sampleFor();
    expect(rulesOf(html)).toEqual([]);
  });

  it('has one h1, and no level left out', () => {
    expect(rulesOf(page('<h1>a</h1><h2>b</h2><h3>c</h3><h2>d</h2>'))).toEqual([]);
    expect(rulesOf(page('<h1>a</h1><h1>b</h1>'))).toEqual(['heading-order: the HTML part has 2 h1, not one']);
    expect(rulesOf(page('<h1>a</h1><h3>c</h3>'))).toEqual(['heading-order: the heading “c” is h3 after h1']);
    expect(rulesOf(page('<h2>a</h2>'))).toEqual([
      'heading-order: the HTML part has 0 h1, not one',
      'heading-order: the heading “a” is h2 after nothing',
    ]);
  });

  it('says its language and title', () => {
    for (const lang of ['', 'und'])
      expect(rulesOf(page('<h1>a</h1>', lang))).toEqual([
        'lang-missing: the HTML part does not say which language it is in',
      ]);
    expect(rulesOf(page('<h1>a</h1>', 'zh', ' '))).toEqual(['title-missing: the HTML part has no title']);
  });

  it('has words for pictures, if only empty ones', () => {
    expect(rulesOf(page('<h1>a</h1><img src="a.png" alt=""><img src="b.png">'))).toEqual([
      'alt-missing: the picture b.png has no alt text',
    ]);
  });
});
