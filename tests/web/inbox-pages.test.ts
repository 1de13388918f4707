import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/core/log.ts';
import { type Inbox, startInbox } from '../../src/inbox/smtp-inbox.ts';
import { mailsPerPage } from '../../src/web/inbox-pages.ts';
import { startWeb, type Web } from '../../src/web/server.ts';
import { demoOver, subscribersInMemory, webOptions } from './in-memory.ts';

const logo = 'https://cdn.example/brand/logo.png';
const newsletters = [
  { id: 'ai-daily', name: 'AI 行业动态', language: 'zh', theme: { logo: { url: `${logo}?v=2` } } },
  { id: 'tech-en', name: 'Tech', language: 'en' },
] as const;

const evil = '<script>alert("列表")</script>';

describe('the inbox in a browser', () => {
  let folder: string;
  let inbox: Inbox;
  let web: Web;
  let id: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'paperboy-inbox-'));
    inbox = await startInbox({ folder, log: silentLogger });
    const sender = createTransport({
      host: inbox.host,
      port: inbox.port,
      ignoreTLS: true,
      pool: true,
    } as object);
    const from = '"<script>alert(2)</script>" <news@news.invalid>';
    for (let n = 0; n < 2 * mailsPerPage + 7; n += 1) {
      const to = n === 40 ? 'lin+a@example.invalid' : `reader${n}@example.invalid`;
      await sender.sendMail({ from, to, subject: `mail ${n}`, text: 't' });
    }
    await sender.sendMail({
      from,
      to: 'lin@example.invalid',
      subject: evil,
      text: `text ${evil}`,
      html: `<!doctype html><html><head><title>t</title></head><body>${evil}<img src="http://track.invalid/x.png"><p>本文</p></body></html>`,
      headers: { 'X-Evil': evil.replace(/[^ -~]/g, '') },
    });
    sender.close();
    id = inbox.store.list().mails[0]?.id ?? '';
    web = await startWeb(
      webOptions({ subscribers: subscribersInMemory({}), demo: demoOver(inbox.store), newsletters }),
    );
  });
  afterAll(async () => {
    await web.close();
    await inbox.close();
    await rm(folder, { recursive: true, force: true });
  });
  const page = async (path: string) => (await fetch(`${web.url}${path}`)).text();
  const mailsOn = (html: string) => [...html.matchAll(/href="\/inbox\/[0-9a-z]+"/g)].length;

  it('lists the newest first, a page at a time', async () => {
    const first = await page('/inbox');
    expect(mailsOn(first)).toBe(mailsPerPage);
    expect(first.indexOf('mail 106')).toBeLessThan(first.indexOf('mail 105'));
    expect(first).toContain('href="/inbox?page&#x3D;2"');
    const last = await page('/inbox?page=3');
    expect(mailsOn(last)).toBe(8);
    expect(last).toContain('mail 0<');
    expect(await page('/inbox?page=99999')).toBe(last);
    expect(mailsOn(await page('/inbox?page=-1'))).toBe(mailsPerPage);
  });

  it('finds the mails of an address', async () => {
    const found = await page('/inbox?address=LIN%2Ba@');
    expect(mailsOn(found)).toBe(1);
    expect(found).toContain('mail 40');
    expect(await page(`/inbox?address=${encodeURIComponent('"><script>')}`)).not.toContain('"><script>');
  });

  it('escapes what senders wrote, in the list and in every tab', async () => {
    for (const path of [
      '/inbox',
      `/inbox/${id}`,
      ...['html', 'text', 'headers', 'source'].map((tab) => `/inbox/${id}?tab=${tab}`),
    ]) {
      const html = await page(path);
      expect(html).toContain('&lt;script&gt;alert(');
      expect(html).not.toContain('<script>alert');
    }
  });

  it('shows each part of a mail behind a plain link', async () => {
    expect(await page(`/inbox/${id}`)).toContain(`src="/inbox/${id}/html"`);
    expect(await page(`/inbox/${id}?tab=text`)).toContain('text &lt;script&gt;');
    expect(await page(`/inbox/${id}?tab=headers`)).toContain('X-Evil');
    expect(await page(`/inbox/${id}?tab=source`)).toContain('Content-Transfer-Encoding');
    const textOnly = inbox.store.list({ address: 'lin+a' }).mails[0]?.id;
    expect(await page(`/inbox/${textOnly}`)).not.toContain('<iframe');
  });

  it('shows HTML only in a sandbox without scripts, and under a policy that holds when it is opened alone', async () => {
    const frame = /<iframe[^>]*>/.exec(await page(`/inbox/${id}`))?.[0] ?? '';
    expect(frame).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox"');
    const answer = await fetch(`${web.url}/inbox/${id}/html`);
    const policy = answer.headers.get('Content-Security-Policy') ?? '';
    expect(policy).toMatch(/; sandbox allow-popups allow-popups-to-escape-sandbox$/);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`; img-src data: ${logo}; `);
    expect(policy.replace(logo, '')).not.toMatch(/script|connect|http|\*/);
    expect(answer.headers.get('Referrer-Policy')).toBe('no-referrer');
    const html = await answer.text();
    expect(html).toContain('<head><base target="_blank"><title>');
    expect(html).toContain('<p>本文</p>');
  });

  it('lets a mail show the logo of a newsletter wherever the demo shows one, and no other picture of that site', async () => {
    for (const path of [`/inbox/${id}/html`, '/readers/ann/next']) {
      const policy = (await fetch(`${web.url}${path}`)).headers.get('Content-Security-Policy') ?? '';
      expect(/img-src ([^;]*)/.exec(policy)?.[1], path).toBe(`data: ${logo}`);
    }
  });

  it('hands out the mail as it came, as a file', async () => {
    const answer = await fetch(`${web.url}/inbox/${id}/raw`);
    expect(answer.headers.get('Content-Disposition')).toBe(`attachment; filename="${id}.eml"`);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(await inbox.store.source(id));
  });

  it('gives the list as JSON', async () => {
    const query = `${web.url}/api/inbox?address=lin@&limit=5`;
    expect(await (await fetch(query)).json()).toMatchObject({ total: 1, mails: [{ id, subject: evil }] });
    const all = (await (await fetch(`${web.url}/api/inbox?limit=1000&offset=100`)).json()) as {
      mails: unknown[];
    };
    expect(all.mails).toHaveLength(8);
  });

  it('answers 404 for a mail that is not there', async () => {
    for (const path of [
      '/inbox/nope',
      '/inbox/nope/html',
      '/inbox/nope/raw',
      '/inbox/..%2f..%2fetc%2fpasswd/raw',
    ])
      expect((await fetch(`${web.url}${path}`)).status).toBe(404);
  });

  it('is not there outside the demo', async () => {
    const plain = await startWeb(webOptions({ subscribers: subscribersInMemory({}) }));
    for (const path of ['/', '/inbox', '/api/inbox', '/try/x']) {
      expect((await fetch(`${plain.url}${path}`)).status).toBe(404);
    }
    await plain.close();
  });
});
