import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { signWebCopy } from '../../src/delivery/web-copy-token.ts';
import type { Message } from '../../src/message/message.ts';
import { linksOf } from '../../src/preflight/mail-text.ts';
import { keys } from '../../src/redis/keys.ts';
import { webCopyPolicy } from '../../src/web/security.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { copyTo, dayOf, eachWithSentIssues, pathIn, type SentIssues } from './sent-issues.ts';

const issue = 'ai-daily-2026-03-02';
const dayMs = 86_400_000;

let server: TestRedis;
let sent: SentIssues;
let messages: readonly Message[];

eachWithSentIssues(async (opened, redis) => {
  sent = opened;
  server = redis;
  messages = await sent.send(dayOf('2026-03-02'));
});

const pathTo = (n: number, of = messages) => pathIn(copyTo(of, n), '/w/');
const textOf = async (path: string) => await (await sent.get(path)).text();

describe('the web copy of an edition', () => {
  it('is where both parts of every copy say, and shows the same stories', async () => {
    expect(messages).toHaveLength(2);
    for (const [n, stories] of [
      [1, ['模型新闻', '政策新闻']],
      [2, ['模型新闻']],
    ] as const) {
      const mail = await PostalMime.parse(copyTo(messages, n).raw);
      expect(linksOf(mail.html ?? '')).toContain(`https://news.example${pathTo(n)}`);
      const answer = await sent.get(pathTo(n));
      expect(answer.status).toBe(200);
      const page = await answer.text();
      expect(['模型新闻', '政策新闻'].filter((title) => page.includes(title))).toEqual(stories);
    }
  });

  it('is one for all readers of the edition', async () => {
    await sent.desk.subscribe(6, 'all', ['models']);
    const copies = await sent.send(dayOf('2026-03-03', '次日'));
    expect(copies).toHaveLength(6);
    expect(new Set(copies.map((copy) => pathIn(copy, '/w/'))).size).toBe(2);
  });

  it('holds nothing personal: no token, no address, no vote', async () => {
    const page = await textOf(pathTo(1));
    const own = linksOf(page).filter((link) => link.startsWith('https://news.example'));
    expect(own).toEqual(['https://news.example/archive/ai-daily']);
    for (const personal of ['/u/', '/p/', '/v/'].map((start) => pathIn(copyTo(messages, 1), start))) {
      expect(page).not.toContain(personal.split('/')[2]);
    }
    expect(page).not.toContain('reader-1');
    expect((await sent.get(own[0] ?? '')).status).toBe(200);
  });

  it('speaks to whoever reads it, not to a subscriber', async () => {
    const page = await textOf(pathTo(2));
    expect(page).not.toMatch(/你收到这封邮件|你的主题|你未选择|偏好设置|>退订</);
    expect(page).toContain('主题：模型与技术');
    expect(page).toContain('这一期在其他主题里还有 1 条要闻。');
    expect(page).toMatch(/「AI 日报」是一份通过邮件寄送的新闻简报/);
    expect(page).toMatch(/<a href="mailto:[^"]+"[^>]*>写信订阅<\/a>/);
    expect(page).toMatch(/<a href="https:\/\/news\.example\/archive\/ai-daily"[^>]*>往期<\/a>/);
    expect(page).toContain('调整主题和退订的链接，都在寄给你的邮件里。');
    const mail = await PostalMime.parse(copyTo(messages, 2).raw);
    expect(mail.html).toMatch(/你收到这封邮件，是因为订阅了/);
    expect(mail.html).not.toMatch(/写信订阅|往期/);
  });

  it('leads to no archive where the newsletter has none, and says it in English in an English one', async () => {
    await sent.desk.subscribers.upsertMany([
      {
        address: 'anna@readers.example',
        memberships: ['tech-en'],
        topics: 'all',
        state: 'active',
        consent: 'a test',
      },
    ]);
    const copies = await sent.send(dayOf('2026-03-04', 'EN'), { newsletter: 'tech-en' });
    const page = await textOf(pathIn(copies[0] as Message, '/w/'));
    expect(page).toMatch(/Topics: all topics/);
    expect(page).toMatch(/is a news digest by e-mail: each reader gets the topics they choose\./);
    expect(page).toContain('Subscribe by e-mail');
    expect(page).not.toMatch(/You get this mail|Your topics|\/archive\//);
  });

  it('is not for search engines, runs nothing, loads nothing and stands in no frame', async () => {
    const answer = await sent.get(pathTo(1));
    expect(answer.headers.get('X-Robots-Tag')).toContain('noindex');
    expect(await answer.text()).toContain('<head><meta name="robots" content="noindex, nofollow">');
    const policy = answer.headers.get('Content-Security-Policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toMatch(/sandbox(?!.*allow-scripts)/);
    expect(policy).not.toContain('script-src');
    expect(answer.headers.get('Referrer-Policy')).toBe('no-referrer');
    expect(answer.headers.get('Set-Cookie')).toBeNull();
  });

  it('fetches nothing but the logo of its newsletter', () => {
    expect(webCopyPolicy()).toContain('img-src data:;');
    expect(webCopyPolicy('https://cdn.example:8443/logo.png?v=1')).toContain(
      'img-src data: https://cdn.example:8443/logo.png;',
    );
    for (const url of [
      'http://cdn.example/logo.png',
      "https://a;script-src'self'/logo.png",
      "https://a.example/l.png;script-src 'self'",
      'https://a.example/a,b',
      'nowhere',
    ]) {
      expect(webCopyPolicy(url), url).toBe(webCopyPolicy());
    }
  });

  it('may be kept for a while and is not sent again when it has not changed', async () => {
    const answer = await sent.get(pathTo(1));
    expect(answer.headers.get('Cache-Control')).toBe('public, max-age=300');
    const etag = answer.headers.get('ETag') ?? '';
    const again = await sent.get(pathTo(1), { headers: { 'If-None-Match': `W/${etag}` } });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
    for (const name of ['Content-Security-Policy', 'X-Robots-Tag', 'Cache-Control', 'ETag']) {
      expect(again.headers.get(name), name).toBe(answer.headers.get(name));
    }
  });

  it('is rendered once, for however many readers come', async () => {
    const pages = await Promise.all(Array.from({ length: 20 }, () => textOf(pathTo(1))));
    expect(new Set(pages).size).toBe(1);
    await server.redis.del(keys.digests(issue));
    expect(await textOf(pathTo(1))).toBe(pages[0]);
  });

  it('is HTML also for who takes plain text', async () => {
    await sent.desk.subscribers.changePreferences(2, { format: 'text' });
    const [plain] = (await sent.send(dayOf('2026-03-03', '次日'))).filter(({ envelope }) =>
      envelope.to.startsWith('reader-2@'),
    );
    const raw = plain?.raw.toString('latin1') ?? '';
    const body = Buffer.from(raw.split('\r\n\r\n')[1] ?? '', 'base64').toString();
    const path = /https:\/\/news\.example(\/w\/\S+)/.exec(body)?.[1] ?? '';
    const answer = await sent.get(path);
    expect(answer.headers.get('Content-Type')).toContain('text/html');
    expect(await answer.text()).toContain('模型新闻');
  });

  it('cannot be guessed, nor made out of another', async () => {
    const { tokenKeys } = sent.desk.keyring;
    await sent.send(dayOf('2026-03-02', '别家'), { newsletter: 'tech-brief' });
    const place = { issue, revision: 1, preferenceSet: 1 };
    const token = Buffer.from(pathTo(1).split('/')[2] ?? '', 'base64url');
    const changed = (change: (bytes: Buffer) => unknown) => {
      const bytes = Buffer.from(token);
      change(bytes);
      return bytes.toString('base64url');
    };
    for (const forged of [
      signWebCopy([{ id: 'k1', secret: Buffer.alloc(32, 8) }], place),
      changed((bytes) => bytes.writeUInt16BE(2, 5)),
      changed((bytes) => bytes.writeUInt16BE(2, 3)),
      changed((bytes) => bytes.write('3', bytes.indexOf('2026-03-02') + 9)),
      pathIn(copyTo(messages, 1), '/p/').slice(3),
      signWebCopy(tokenKeys, { ...place, preferenceSet: 9 }),
      signWebCopy(tokenKeys, { ...place, revision: 2 }),
      signWebCopy(tokenKeys, { ...place, issue: 'ai-daily-2026-03-09' }),
      'x'.repeat(600),
    ]) {
      const answer = await sent.get(`/w/${forged}`);
      expect(answer.status, forged).toBe(404);
      expect(answer.headers.get('Cache-Control')).toBe('no-store');
      expect(await answer.text()).toContain('读不到这一期');
    }
  });

  it('shows what the mail had, and says what took its place', async () => {
    const before = pathTo(1);
    await sent.publish(dayOf('2026-03-02', '改'), { change: 'revise' });
    const old = await textOf(before);
    expect(old).toContain('模型新闻</h3>');
    expect(old).toContain('这一期在寄出之后有过修订。');
    const revised = /<header.*?href="https:\/\/news\.example([^"]+)"/.exec(old)?.[1] ?? '';
    expect(await textOf(revised)).toContain('模型新闻改</h3>');
    expect(await textOf(revised)).not.toContain('<header');

    const corrections = await sent.send(dayOf('2026-03-02', '更正'), { change: 'correct' });
    for (const path of [before, revised]) expect(await textOf(path)).toContain('这一期有更正。');
    const link = /<header.*?href="https:\/\/news\.example([^"]+)"/.exec(await textOf(before))?.[1];
    expect(link).toBe(pathTo(1, corrections));
    expect(await textOf(pathTo(1, corrections))).not.toContain('<header');
  });

  it('leads to the whole issue when the revision has nothing for this edition', async () => {
    const before = pathTo(2);
    const { categories, ...rest } = dayOf('2026-03-02');
    await sent.publish({ ...rest, categories: categories.slice(1) }, { change: 'revise' });
    const link = /<header.*?href="https:\/\/news\.example([^"]+)"/.exec(await textOf(before))?.[1] ?? '';
    expect(await textOf(link)).toContain('政策新闻');
  });

  it('is there as long as the issue is kept, and then says that it is not', async () => {
    sent.desk.now += 30 * dayMs - 1;
    expect((await sent.get(pathTo(1))).status).toBe(200);
    sent.desk.now += 1;
    const gone = await sent.get(pathTo(1), { headers: { 'Accept-Language': 'en' } });
    expect(gone.status).toBe(404);
    expect(await gone.text()).toContain('Past issues are kept for a while only');
  });
});
