import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type InboxStore, openInboxStore } from '../../src/inbox/inbox-store.ts';
import { startWeb, type Web } from '../../src/web/server.ts';
import { keptUploads, maxDigestBytes } from '../../src/web/try-pages.ts';
import { demoOver, subscribersInMemory, webOptions } from './in-memory.ts';

describe('the demo pages', () => {
  let folder: string;
  let store: InboxStore;
  let demo: ReturnType<typeof demoOver>;
  let web: Web;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'paperboy-inbox-'));
    store = await openInboxStore({ folder });
    demo = demoOver(store);
    const publicUrl = 'https://demo.example.invalid';
    web = await startWeb(webOptions({ subscribers: subscribersInMemory({}), demo, publicUrl }));
  });
  afterEach(async () => {
    await web.close();
    await rm(folder, { recursive: true, force: true });
  });
  const get = (path: string) => fetch(`${web.url}${path}`);
  const post = (path: string, body: URLSearchParams | FormData, headers: Record<string, string> = {}) =>
    fetch(`${web.url}${path}`, {
      method: 'POST',
      redirect: 'manual',
      body,
      headers: { Origin: web.url, ...headers },
    });
  const topics = (...chosen: string[]) =>
    new URLSearchParams(chosen.map((id): [string, string] => ['topic', id]));

  it('show the readers side by side, each with toggles, the next mail and the last one received', async () => {
    await store.add({ from: '', to: ['Lin@example.invalid'] }, Buffer.from('Subject: received\r\n\r\nx'));
    await store.add({ from: '', to: ['not-lin@example.invalid'] }, Buffer.from('Subject: foreign\r\n\r\nx'));
    const page = await (await get('/')).text();
    expect(page).toContain('林 &lt;script&gt;');
    expect(page).toMatch(/value="policy" checked><span>政策与监管<small>2<\/small>/);
    expect(page).toContain('mail of policy');
    expect(page).toContain('mail of all');
    expect(page).toContain('received');
    expect(page).not.toContain('foreign');
    expect(page).toContain(`src="/inbox/${store.list().mails[1]?.id}/html"`);
    expect([
      ...page.matchAll(/<iframe[^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"/g),
    ]).toHaveLength([...page.matchAll(/<iframe/g)].length);
    expect(page).not.toMatch(/<script>|<style|\sstyle=/);
  });

  it('change the next mail of a reader whose topic was toggled, and nobody else', async () => {
    const answer = await post('/readers/lin/topics', topics('models', 'space'));
    expect(answer.status).toBe(303);
    expect(answer.headers.get('Location')).toBe('/#reader-lin');
    expect(demo.desk.choices.get('lin')).toEqual(['models', 'space']);
    expect(demo.desk.choices.get('ann')).toBe('all');
    expect(await (await get('/')).text()).toContain('mail of models+space');
  });

  it('say that a reader without a story gets no mail', async () => {
    expect((await post('/readers/lin/topics', topics())).status).toBe(303);
    expect(await (await get('/')).text()).toContain('所以不会发信');
    expect((await get('/readers/lin/next')).status).toBe(404);
  });

  it('show the next mail in a sandbox', async () => {
    const answer = await get('/readers/ann/next');
    expect(await answer.text()).toContain('for ann');
    expect(answer.headers.get('Content-Security-Policy')).toMatch(/; sandbox allow-popups/);
  });

  it('answer 404 for an unknown reader or topic and change nothing', async () => {
    expect((await post('/readers/nobody/topics', topics('models'))).status).toBe(404);
    expect((await post('/readers/lin/topics', topics('gossip'))).status).toBe(404);
    expect((await get('/readers/nobody/next')).status).toBe(404);
    expect(demo.desk.choices.get('lin')).toEqual(['policy']);
  });

  it('let only their own pages change anything', async () => {
    const foreign: Record<string, string>[] = [
      { Origin: 'https://evil.invalid' },
      { Origin: 'null' },
      { Origin: `${web.url}.evil.invalid` },
      { Origin: 'https://evil.invalid', 'Sec-Fetch-Site': 'same-origin' },
    ];
    for (const headers of foreign) {
      expect((await post('/readers/lin/topics', topics('models'), headers)).status).toBe(403);
      const form = new FormData();
      form.set('text', 'policy: title');
      expect((await post('/try', form, headers)).status).toBe(403);
    }
    const silent = await fetch(`${web.url}/readers/lin/topics`, { method: 'POST', body: topics('models') });
    expect(silent.status).toBe(403);
    expect(demo.desk.choices.get('lin')).toEqual(['policy']);
  });

  it('answer under no name but their own, so that another site can not be pointed at them', async () => {
    const statusUnder = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const call = request(`${web.url}/inbox`, { headers: { Host: host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
        call.on('error', reject).end();
      });
    for (const host of ['localhost:1', '127.0.0.1', '[::1]:3000', '192.168.1.5:3000', 'demo.example.invalid'])
      expect(await statusUnder(host)).toBe(200);
    for (const host of ['evil.invalid', 'localhost.evil.invalid', '127.0.0.1.evil.invalid'])
      expect(await statusUnder(host)).toBe(421);
  });

  it('allow their own script and frames, and nothing inline or from elsewhere', async () => {
    const { headers } = await get('/');
    const policy = headers.get('Content-Security-Policy') ?? '';
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/unsafe|http|\*/);
    expect(headers.get('Referrer-Policy')).toBe('same-origin');
  });

  describe('trying a digest of one’s own', () => {
    const dropped = (content: string | Uint8Array<ArrayBuffer>, name = 'mine.md') => {
      const form = new FormData();
      form.set('file', new File([content], name));
      return form;
    };

    it('shows every edition, each as HTML in a sandbox and as text', async () => {
      const answer = await post('/try', dropped('policy: <b>First</b>\nspace: Second', '../x/<i>.md'));
      expect(answer.status).toBe(303);
      const path = answer.headers.get('Location') ?? '';
      const page = await (await get(path)).text();
      expect(page).toContain('&lt;b&gt;First&lt;/b&gt;');
      expect(page).toContain('&lt;i&gt;.md');
      expect(page).toContain('more of space');
      expect(page).toContain('no category');
      expect(page).toContain(`href="${path}/space" target="edition"`);
      const html = await get(`${path}/space`);
      expect(html.headers.get('Content-Security-Policy')).toMatch(/; sandbox allow-popups/);
      expect(await html.text()).toContain('<h1>space</h1>');
      const text = await get(`${path}/space/text`);
      expect(text.headers.get('Content-Type')).toMatch(/^text\/plain/);
      expect(await text.text()).toBe('== space ==');
      expect((await get(`${path}/nope`)).status).toBe(404);
      expect((await get('/try/nope/space')).status).toBe(404);
    });

    it('takes pasted text as well', async () => {
      const form = new FormData();
      form.set('file', new File([], ''));
      form.set('text', 'policy: Pasted');
      const answer = await post('/try', form);
      expect(await (await get(answer.headers.get('Location') ?? '')).text()).toContain('Pasted');
    });

    it('says what is wrong with a digest, and in which line', async () => {
      const answer = await post('/try', dropped('policy: fine\n<script>bad</script>'));
      expect(answer.status).toBe(422);
      const page = await answer.text();
      expect(page).toContain('line 2 of mine.md: found &quot;&lt;script&gt;');
      expect(page).toContain('Write topic: title.');
      expect(page).toContain('digest-unreadable');
    });

    it('says so when nothing was dropped', async () => {
      expect((await post('/try', new FormData())).status).toBe(422);
      expect((await post('/try', dropped(''))).status).toBe(422);
    });

    it('refuses more than 4 MB, by little or by much, with a page', async () => {
      for (const bytes of [maxDigestBytes + 1, 3 * maxDigestBytes]) {
        const answer = await post('/try', dropped(new Uint8Array(bytes)));
        expect(answer.status).toBe(413);
        expect(await answer.text()).toContain('文件超过 4 MB');
      }
    });

    it('does not read what is announced as too large', async () => {
      const status = await new Promise((resolve, reject) => {
        const headers = {
          Origin: web.url,
          'Content-Length': 10 * 2 ** 30,
          'Content-Type': 'multipart/form-data',
        };
        const call = request(`${web.url}/try`, { method: 'POST', headers }, (answer) => {
          resolve(answer.statusCode);
          call.destroy();
        });
        call.on('error', reject).flushHeaders();
      });
      expect(status).toBe(413);
    });

    it('remembers the last few alone', async () => {
      const paths: string[] = [];
      for (let n = 0; n <= keptUploads; n += 1) {
        paths.push((await post('/try', dropped(`policy: ${n}`))).headers.get('Location') ?? '');
      }
      const statuses = await Promise.all(paths.map(async (path) => (await get(path)).status));
      expect(statuses).toEqual([404, ...Array(keptUploads).fill(200)]);
    });
  });
});
