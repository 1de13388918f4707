import { describe, expect, it } from 'vitest';
import { builtInTopics } from '../../src/digest/topics.ts';
import type { Masthead } from '../../src/render/masthead.ts';
import { prepareIssue } from '../../src/render/prepare-issue.ts';
import { renderWebCopy } from '../../src/render/render-edition.ts';
import { escapeHtml, fill } from '../../src/render/rendered-edition.ts';
import { editionFor, exampleDigest, masthead } from '../helpers/digests.ts';

async function copyOf(fields: Partial<Masthead>, archiveUrl: string | null = null): Promise<string> {
  const digest = exampleDigest();
  const head = { ...masthead, ...fields };
  const template = await prepareIssue(digest, head, { date: '2026-03-05', topics: builtInTopics });
  const copy = renderWebCopy(template, editionFor(digest, ['space']), { archiveUrl });
  return fill(copy, { unsubscribeUrl: '', preferencesUrl: '' }, escapeHtml);
}

describe('a copy that anybody may read', () => {
  it('leads to the page where people subscribe, escaped', async () => {
    const copy = await copyOf({ subscribeUrl: 'https://news.example/join?a=1&b=2' });
    expect(copy).toContain('<a href="https://news.example/join?a=1&amp;b=2">订阅</a>');
    expect(copy).not.toContain('写信订阅');
  });

  it('lets people write where there is no such page, and says nothing of it without an address', async () => {
    expect(await copyOf({})).toContain('<a href="mailto:hello@example.invalid">写信订阅</a>');
    expect(await copyOf({ contact: '' })).not.toMatch(/>订阅<|写信订阅|mailto:/);
  });

  it('leads to past issues where they are public', async () => {
    const archiveUrl = 'https://news.example/archive/morning';
    expect(await copyOf({}, archiveUrl)).toContain(`<a href="${archiveUrl}">往期</a>`);
    expect(await copyOf({})).not.toContain('往期');
  });

  it('says in the language of the newsletter what it is, and no word to a subscriber', async () => {
    const zh = await copyOf({});
    expect(zh).toContain('「晨间简报」是一份通过邮件寄送的新闻简报');
    expect(zh).toContain('这一期在其他主题里还有 4 条要闻。');
    expect(zh).not.toMatch(/你的主题|你未选择|你收到这封邮件|>退订<|偏好设置|href=""/);
    const en = await copyOf({ language: 'en', name: 'Morning' });
    expect(en).toContain('Morning is a news digest by e-mail');
    expect(en).toContain('The whole issue has 4 more stories in other topics.');
    expect(en).not.toMatch(/Your topics|you have not chosen|You get this mail|>Unsubscribe<|Preferences/);
  });
});
