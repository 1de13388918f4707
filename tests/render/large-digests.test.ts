/** Digests that are larger than a mail may be, from the file to each edition's bytes. */
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../src/digest/digest.ts';
import { storiesOf } from '../../src/digest/digest.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { isSkipped } from '../../src/edition/edition.ts';
import { preferenceSetsToCheck } from '../../src/edition/needed-sets.ts';
import { planEdition } from '../../src/edition/plan-edition.ts';
import { prepareIssue } from '../../src/render/prepare-issue.ts';
import { renderEdition } from '../../src/render/render-edition.ts';
import { escapeHtml, fill, type SlotValues } from '../../src/render/rendered-edition.ts';
import { usualPartBytes } from '../../src/render/size.ts';
import { masthead, topicIds } from '../helpers/digests.ts';
import { hostileDigest } from '../helpers/hostile-digest.ts';

const date = '2026-03-02';
const links: SlotValues = {
  unsubscribeUrl: `https://news.example/u/${'a'.repeat(130)}`,
  preferencesUrl: `https://news.example/p/${'a'.repeat(130)}`,
  webCopyUrl: `https://news.example/w/${'a'.repeat(40)}`,
  likeUrl: `https://news.example/v/${'a'.repeat(130)}`,
  dislikeUrl: `https://news.example/v/${'b'.repeat(130)}`,
};

/** All editions that `check` looks at, filled as a copy is. */
async function editionsOf(digest: Digest) {
  const template = await prepareIssue(digest, masthead, { date, topics: builtInTopics });
  return preferenceSetsToCheck(topicIds, []).flatMap((set) => {
    const edition = planEdition(digest, set, { issue: 'large', revision: 1, date, topicOrder: topicIds });
    if (isSkipped(edition) || set.format === 'text') return [];
    const { html, text, leftOut } = renderEdition(template, edition);
    return { edition, html: fill(html, links, escapeHtml), text: fill(text, links), leftOut };
  });
}

/** The stories over all topics, half of them in one: its edition is too large as well. */
function spread(digest: Digest): Digest {
  return {
    ...digest,
    categories: digest.categories.map((category) => ({
      ...category,
      stories: category.stories.map((story) => ({
        ...story,
        topics: [story.line % 2 === 0 ? 'models' : (topicIds[story.line % topicIds.length] ?? 'other')],
      })),
    })),
  };
}

describe('a digest of 500 hostile stories', () => {
  const asRead = () => {
    const json = JSON.stringify(spread(hostileDigest(500)), null, 2);
    return parseDigest(json, { topics: builtInTopics, name: 'hostile.json', force: true }).digest;
  };
  it.each([
    ['as no reader would let it through', () => spread(hostileDigest(500))],
    ['as it is read from a file', asRead],
  ])('fits %s: each edition says what it left out, and so does its text', async (_, digestOf) => {
    const digest = digestOf();
    const editions = await editionsOf(digest);
    expect(editions.length).toBeGreaterThan(5);
    for (const { edition, html, text, leftOut } of editions) {
      expect(Buffer.byteLength(html)).toBeLessThanOrEqual(usualPartBytes);
      // What is no story has gone before any story goes.
      const shown = html.match(/<\/h3>/g)?.length ?? 0;
      expect(shown).toBe(edition.storyCount - (leftOut?.stories ?? Number.NaN));
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(usualPartBytes);
      const told = text.match(/^\d+\. /gm)?.length ?? 0;
      expect(told).toBeGreaterThanOrEqual(shown);
      if (told < edition.storyCount)
        expect(text).toContain(`还有 ${edition.storyCount - told} 条要闻没有放进这封邮件。`);
      expect(html).toContain(links.unsubscribeUrl);
      expect(html).toMatch(leftOut?.stories === 0 ? /部分内容在这里从略/ : /没有放进这封邮件/);
    }
    expect(editions[0]?.leftOut?.stories).toBeGreaterThan(0);
  });
});

/** A day as the labelled seed tells it, with as many stories as the file's size asks for. */
function labelledDay(bytes: number): string {
  const names = ['政策与监管', '模型与技术', '产品与应用', '投融资与并购', '行业生态'];
  const lines = [`AI 行业动态 (${date})`];
  const perCategory = 12;
  for (let n = 0; Buffer.byteLength(lines.join('\n')) < bytes; n++) {
    if (n % perCategory === 0) lines.push('', `**${names[n / perCategory] ?? `其他${n}`}**`);
    lines.push(
      '',
      `**青湖实验室发布第 ${n} 版端侧模型，推理成本再降一成**`,
      `说明：模型在手机上运行，三十亿参数，支持中英日三语，权重与训练记录一并公开，企业可按用量付费。第 ${n} 次评测中它居首。`,
      '背景：过去一年端侧推理成本下降九成，多家厂商把助手从云端移到本地，监管也要求敏感数据不出设备。',
      '要点：',
      `- 开放程度：权重、数据配方和第 ${n} 份评测脚本全部公开。`,
      '- 落地节奏：首批三家手机厂商将在下季度预装，按设备数结算。',
      `来源出处：[青湖日报](https://news.example/2026/0302/${n}/content.html)`,
    );
  }
  return lines.join('\n');
}

describe('a digest file of 40 KB', () => {
  it('fits: every title and source is in the mail, backgrounds go first, and the text is whole', async () => {
    const source = labelledDay(40 * 1_024);
    const { digest, unparsed } = parseDigest(source, { topics: builtInTopics, name: 'large.md' });
    expect(unparsed).toEqual([]);
    expect(Buffer.byteLength(source)).toBeGreaterThanOrEqual(40 * 1_024);
    const [all] = await editionsOf(digest);
    const { html = '', text = '', leftOut } = all ?? {};
    expect(leftOut).toEqual({ stories: 0 });
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(usualPartBytes);
    for (const { title, summary, background = '', sources } of storiesOf(digest)) {
      expect(html).toContain(escapeHtml(title));
      expect(html).toContain(sources[0]?.url);
      for (const words of [title, summary, background]) expect(text).toContain(words);
    }
  });
});
