import { describe, expect, it } from 'vitest';
import type { Digest, Story } from '../../src/digest/digest.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { prepareIssue } from '../../src/render/prepare-issue.ts';
import { renderEdition, renderWebCopy } from '../../src/render/render-edition.ts';
import type { RenderedEdition, SlotValues } from '../../src/render/rendered-edition.ts';
import { escapeHtml, fill } from '../../src/render/rendered-edition.ts';
import { htmlBytes, mostPartBytes, usualPartBytes } from '../../src/render/size.ts';
import { digestOf, editionFor, exampleDigest, masthead, storyOf } from '../helpers/digests.ts';

const values: SlotValues = {
  unsubscribeUrl: `https://news.example/u/${'a'.repeat(130)}`,
  preferencesUrl: `https://news.example/p/${'a'.repeat(130)}`,
  webCopyUrl: `https://news.example/w/${'a'.repeat(40)}`,
  likeUrl: `https://news.example/v/${'a'.repeat(130)}`,
  dislikeUrl: `https://news.example/v/${'b'.repeat(130)}`,
};

async function mailOf(
  digest: Digest,
  format: 'html' | 'text' = 'html',
): Promise<RenderedEdition & { html1: string; text1: string }> {
  const template = await prepareIssue(digest, masthead, { date: '2026-03-05', topics: builtInTopics });
  const rendered = renderEdition(template, editionFor(digest, 'all', format));
  return {
    ...rendered,
    html1: fill(rendered.html, values, escapeHtml),
    text1: fill(rendered.text, values),
  };
}

/** Seven categories; the titles tell where each story stands. */
function bigDigest(stories: number, fields: Partial<Story> = {}, rest: Partial<Digest> = {}): Digest {
  return digestOf(
    ['一', '二', '三', '四', '五', '六', '七'].map((name) => ({
      name,
      stories: Array.from({ length: stories }, (_, index) =>
        storyOf(`${name}类第${index}条`, {
          topics: ['policy'],
          summary: '正文'.repeat(150),
          background: '背景'.repeat(100),
          sources: [{ name: '日报', url: `https://news.example/${index}` }],
          ...fields,
        }),
      ),
    })),
    rest,
  );
}

/** What stands in a mail between a story's title and the next heading. */
function underTitle(html: string, title: string): string {
  return new RegExp(`>${title}</a></h3>(.*?)(?:<h[23]|$)`, 's').exec(html)?.[1] ?? '';
}

describe('the size of a mail', () => {
  it('is known in bytes, with and without a recipient’s values', async () => {
    const mail = await mailOf(exampleDigest());
    expect(htmlBytes(mail, values)).toBe(Buffer.byteLength(mail.html1));
    expect(htmlBytes(mail)).toBeGreaterThan(htmlBytes(mail, { unsubscribeUrl: '', preferencesUrl: '' }));
  });

  it('stays small for seven categories of an ordinary day, and nothing is given up', async () => {
    const { html1, leftOut } = await mailOf(bigDigest(2));
    expect(leftOut).toBeUndefined();
    expect(html1.match(/<b>背景<\/b>/g)).toHaveLength(14);
    expect(Buffer.byteLength(html1)).toBeLessThan(60_000);
    expect(html1).not.toMatch(/从略|没有放进/);
  });

  it('first costs backgrounds, from the least story up', async () => {
    const { html1, text1 } = await mailOf(bigDigest(5));
    expect(Buffer.byteLength(html1)).toBeLessThanOrEqual(usualPartBytes);
    expect(Buffer.byteLength(html1)).toBeGreaterThan(usualPartBytes - 2_000);
    expect(html1.match(/<\/h3>/g)).toHaveLength(35);
    for (const category of ['一', '七']) {
      expect(underTitle(html1, `${category}类第0条`)).toMatch(/正文.*<b>背景<\/b>/);
      expect(underTitle(html1, `${category}类第4条`)).toMatch(/正文(?!.*背景)/);
    }
    expect(html1).toMatch(
      /部分内容在这里从略。 <a href="https:\/\/news\.example\/w\/a+">在网页版阅读全部内容/,
    );
    expect(text1.match(/ {2}背景：/g)).toHaveLength(35);
  });

  it('then all of a story but title and source', async () => {
    const { html1, leftOut } = await mailOf(bigDigest(12));
    expect(leftOut).toEqual({ stories: 0 });
    expect(Buffer.byteLength(html1)).toBeLessThanOrEqual(usualPartBytes);
    expect(html1.match(/<\/h3>/g)).toHaveLength(84);
    expect(html1).not.toContain('<b>背景</b>');
    expect(underTitle(html1, '七类第0条')).toMatch(/正文.*阅读原文/);
    expect(underTitle(html1, '一类第11条')).toMatch(/^<p[^>]*>阅读原文/);
    expect(html1).toContain('部分内容在这里从略。');
  });

  it('then the deep dive and the trends, before a story goes', async () => {
    const analyses = [1, 2, 3].map((n) => ({
      title: `深度${n}`,
      fields: [{ label: '细节', text: '分析'.repeat(5_000) }],
    }));
    const { html1 } = await mailOf(bigDigest(2, {}, { analyses, trends: [{ text: '趋势在此' }] }));
    expect(Buffer.byteLength(html1)).toBeLessThanOrEqual(usualPartBytes);
    expect(html1.match(/类第\d条<\/a><\/h3>/g)).toHaveLength(14);
    expect(html1).toMatch(/深度1/);
    expect(html1).not.toMatch(/深度3/);
  });

  it('then whole stories: each category says how many, and the text part as many as fit', async () => {
    const digest = bigDigest(72);
    const { html1, text1, leftOut } = await mailOf(digest);
    expect(Buffer.byteLength(html1)).toBeLessThanOrEqual(usualPartBytes);
    const shown = html1.match(/<\/h3>/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(150);
    expect(leftOut).toEqual({ stories: 504 - shown });
    expect(html1).toContain(`还有 ${504 - shown} 条要闻没有放进这封邮件。`);
    const here = [...html1.matchAll(/本类还有 (\d+) 条。 <a href="https:\/\/news\.example\/w\//g)].map(
      ([, n]) => Number(n),
    );
    expect(here).toHaveLength(7);
    expect(here.reduce((sum, count) => sum + count, 0)).toBe(504 - shown);
    expect(Math.max(...here) - Math.min(...here)).toBeLessThanOrEqual(1);
    expect(html1).toContain('504 条要闻');
    expect(text1.match(/^\d+\. .类第/gm)?.length).toBeGreaterThan(shown);
  });

  it('is no matter to the copy on the web', async () => {
    const digest = bigDigest(72);
    const template = await prepareIssue(digest, masthead, { date: '2026-03-05', topics: builtInTopics });
    const html1 = fill(
      renderWebCopy(template, editionFor(digest, 'all'), { archiveUrl: null }),
      { unsubscribeUrl: '', preferencesUrl: '' },
      escapeHtml,
    );
    expect(html1.match(/<\/h3>/g)).toHaveLength(504);
    expect(html1.match(/<b>背景<\/b>/g)).toHaveLength(504);
    expect(html1).not.toMatch(/从略|没有放进/);
  });

  it('is kept by text that is all there is, in the same order', async () => {
    const backgrounds = await mailOf(bigDigest(9), 'text');
    expect(Buffer.byteLength(backgrounds.text1)).toBeLessThanOrEqual(usualPartBytes);
    expect(Buffer.byteLength(backgrounds.text1)).toBeGreaterThan(usualPartBytes - 3_000);
    expect(backgrounds.leftOut).toEqual({ stories: 0 });
    expect(backgrounds.text1.match(/^\d+\. .类第/gm)).toHaveLength(63);
    expect(backgrounds.text1).toMatch(/^1\. 一类第0条\n正文.*\n {2}背景：/m);
    expect(backgrounds.text1).toMatch(/^9\. 七类第8条\n正文.*\n {2}来源：/m);
    expect(backgrounds.text1).toMatch(
      /部分内容在这里从略。\n在网页版阅读全部内容\nhttps:\/\/news\.example\/w\/a+\n/,
    );

    const bodies = await mailOf(bigDigest(20), 'text');
    expect(bodies.leftOut).toEqual({ stories: 0 });
    expect(bodies.text1).not.toContain('背景：');
    expect(bodies.text1).toMatch(/^1\. 七类第0条\n正文/m);
    expect(bodies.text1).toMatch(/^20\. 七类第19条\n {2}来源：/m);

    const analyses = [1, 2, 3].map((n) => ({
      title: `深度${n}`,
      fields: [{ label: '细节', text: '分析'.repeat(5_000) }],
    }));
    const { text1 } = await mailOf(bigDigest(2, {}, { analyses, trends: [{ text: '趋势在此' }] }), 'text');
    expect(Buffer.byteLength(text1)).toBeLessThanOrEqual(usualPartBytes);
    expect(text1.match(/^\d+\. .类第/gm)).toHaveLength(14);
    expect(text1).toContain('== 深度解析：深度1 ==');
    expect(text1).not.toContain('深度3');
  });

  it('costs text of 1,400 stories some of them: each category says how many, and where they are', async () => {
    const { text1, leftOut } = await mailOf(bigDigest(200), 'text');
    expect(Buffer.byteLength(text1)).toBeLessThanOrEqual(usualPartBytes);
    expect(Buffer.byteLength(text1)).toBeGreaterThan(usualPartBytes - 5_000);
    const shown = text1.match(/^\d+\. .类第/gm)?.length ?? 0;
    expect(leftOut).toEqual({ stories: 1_400 - shown });
    expect(text1).toContain('== 一 (200) ==');
    const here = [...text1.matchAll(/^本类还有 (\d+) 条。$/gm)].map(([, n]) => Number(n));
    expect(here).toHaveLength(7);
    expect(here.reduce((sum, count) => sum + count, 0)).toBe(1_400 - shown);
    expect(text1).toMatch(/^还有 \d+ 条要闻没有放进这封邮件。\n在网页版阅读全部内容\nhttps:/m);
    expect(text1).toContain(values.unsubscribeUrl);
  });

  it('says that something is missing also where there is no copy on the web', async () => {
    const template = await prepareIssue(bigDigest(72), masthead, {
      date: '2026-03-05',
      topics: builtInTopics,
    });
    const { html } = renderEdition(template, editionFor(template.digest, 'all'));
    const own = { unsubscribeUrl: 'https://news.example/u', preferencesUrl: 'https://news.example/p' };
    expect(fill(html, own)).toMatch(/没有放进这封邮件。<\/td>/);
  });

  it.each([
    ['one category of 500 headlines', [500]],
    ['500 categories of one headline', Array.from({ length: 500 }, () => 1)],
    ['a long and many short categories', [300, ...Array.from({ length: 40 }, () => 5)]],
  ])('keeps the limit for %s', async (_, sizes) => {
    const digest = digestOf(
      sizes.map((size, c) => ({
        name: `第 ${c} 类`,
        stories: Array.from({ length: size }, (_unused, s) =>
          storyOf(`第 ${c} 类的第 ${s} 条标题，不长也不短`, {
            sources: [{ name: '日报', url: `https://news.example/${c}/${s}` }],
          }),
        ),
      })),
    );
    const { html1, subject } = await mailOf(digest);
    expect(Buffer.byteLength(html1)).toBeLessThanOrEqual(mostPartBytes);
    expect(html1).toContain('第 0 类的第 0 条标题');
    expect(html1).toMatch(/还有 \d+ 条要闻没有放进这封邮件。/);
    expect(html1.match(/<h2/g)?.length).toBe(html1.match(/<h2[^>]*>第 \d+ 类.*?<h3/gs)?.length);
    expect(subject).not.toBe('');
  });

  it('keeps the limit when every title is ten thousand characters long', async () => {
    const stories = Array.from({ length: 40 }, (_, n) => storyOf(`第${n}条${'长'.repeat(10_000)}`));
    const { html1 } = await mailOf(digestOf([{ name: '一', stories }]));
    expect(Buffer.byteLength(html1)).toBeLessThanOrEqual(mostPartBytes);
  });
});
