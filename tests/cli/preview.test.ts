import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EditionFiles } from '../../src/cli/preview-files.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import type { EditionReport } from '../../src/preflight/sample.ts';
import { createSubscriberStore } from '../../subscribers/store.ts';
import { startTestRedis } from '../helpers/redis.ts';
import { type Desk, openDesk, smallDigest, today } from './in-process.ts';

interface Preview {
  readonly index: string;
  readonly editions: readonly (EditionReport & {
    readonly files: EditionFiles;
  })[];
  readonly problems: readonly unknown[];
}

interface Failure {
  readonly error: { readonly code: string; readonly message: string };
}

const which = ['--newsletter', 'ai-daily'];
const env = { PUBLIC_URL: 'https://pages.example' };

let desk: Desk;
beforeAll(() => {
  desk = openDesk();
  desk.write('today.md', smallDigest(today(), '<b>粗</b> & "引号"'));
});
afterAll(() => desk.remove());

const read = (...parts: string[]) => readFileSync(join(desk.folder, ...parts), 'utf8');

describe('paperboy preview', () => {
  it('writes an index, and HTML, light, dark, text, message and a page of views of each edition', async () => {
    const { status, data } = await desk.json<Preview>(
      ['preview', 'today.md', '--out', 'out/deep', ...which],
      env,
    );
    expect(status).toBe(0);
    expect(data.index).toBe(join(desk.folder, 'out', 'deep', 'index.html'));
    expect(data.editions.map(({ topics }) => topics)).toEqual(['all', ['policy'], ['models']]);
    const endings = ['eml', 'html', 'light.html', 'dark.html', 'txt', 'views.html'];
    const names = data.editions.flatMap(({ id }) => endings.map((ending) => `${id}.${ending}`));
    expect(readdirSync(join(desk.folder, 'out', 'deep')).toSorted()).toEqual(
      [...names, 'index.html'].toSorted(),
    );
  });

  it('holds the same stories in all three, and links that belong to nobody', async () => {
    const { data } = await desk.json<Preview>(
      ['preview', 'today.md', '--out', 'one', '--topics', 'models', ...which],
      env,
    );
    const [edition, ...others] = data.editions;
    expect(others).toEqual([]);
    const { html = '', text, message } = edition?.files ?? { text: '', message: '', views: '' };
    const mail = await PostalMime.parse(read('one', message));
    for (const part of [read('one', html), read('one', text), mail.html ?? '', mail.text ?? '']) {
      expect(part).toContain('云杉实验室开源小型模型');
      expect(part).not.toContain('青湖市');
      expect(part).toContain('https://pages.example/u/sample');
      expect(part).not.toMatch(/\/[up]\/(?!sample)/);
    }
    expect(mail.headers.find(({ key }) => key === 'list-unsubscribe')?.value).toBe(
      '<https://pages.example/u/sample>',
    );
    expect(mail.subject).toBe(edition?.subject);
    expect(mail.to?.[0]?.address).toBe('reader@example.invalid');
  });

  it('makes pages that stand on their own, link to what is there, and load nothing', async () => {
    const { data } = await desk.json<Preview>(['preview', 'today.md', '--out', 'page', ...which], env);
    const pages = readdirSync(join(desk.folder, 'page')).filter((name) => /^index|views/.test(name));
    expect(pages).toHaveLength(1 + 3);
    for (const name of pages) {
      const page = read('page', name);
      const links = [...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link]) => link ?? '');
      expect(links.length).toBeGreaterThan(6);
      for (const link of links) {
        const [file = '', place] = link.split('#');
        if (file !== '') expect(existsSync(join(desk.folder, 'page', file)), link).toBe(true);
        if (place !== undefined)
          expect(file === '' ? page : read('page', file), link).toContain(`id="${place}"`);
      }
      expect(page).not.toMatch(/<script|@import|url\(|https?:\/\/(?!pages\.example|news\.example)/);
      expect(page.match(/<iframe/g)?.length).toBe(page.match(/<iframe[^>]* sandbox/g)?.length);
    }
    for (const { files } of data.editions) {
      for (const name of [files.light, files.dark])
        expect(read('page', name ?? '')).toContain(
          `http-equiv="Content-Security-Policy" content="default-src 'none'`,
        );
    }
  });

  it('says of the issue and of each edition what is wrong', async () => {
    desk.write('bad.md', smallDigest(today(), '见 https://bit.ly/3x'));
    const { data, status } = await desk.json<Preview>(['preview', 'bad.md', '--out', 'bad', ...which], env);
    expect(status).toBe(0);
    const index = read('bad', 'index.html');
    const article = (at: number) =>
      index.slice(
        index.indexOf(`id="${data.editions[at]?.id}"`),
        index.indexOf(`id="${data.editions[at + 1]?.id}"`),
      );
    expect(index).toContain('<h2 id="verdict">1 error, 3 warnings</h2>');
    expect(index).toContain('--overrule');
    // The story of the short link is one of `models`; few stories are in both topics, not in the whole.
    expect(index).toMatch(
      new RegExp(
        `link-shortener</code></span>\\s*<span[^>]*><a href="#${data.editions[0]?.id}">All topics</a><a href="#${data.editions[2]?.id}">模型与技术</a>`,
      ),
    );
    expect(article(0)).toContain('link-shortener');
    expect(article(0)).toContain('holds only 2 stories');
    expect(article(1)).toContain('holds only 1 story');
    expect(article(1)).not.toContain('link-shortener');
    expect(index).toContain(`<article class="edition error" id="${data.editions[0]?.id}">`);
    expect(index).toContain(`<article class="edition warning" id="${data.editions[1]?.id}">`);
    const views = read('bad', data.editions[2]?.files.views ?? '');
    expect(views).toContain('link-shortener');
    expect(views).toContain('holds only 1 story');
  });

  it('shows how many readers an edition has, and of one in plain text its text alone', async () => {
    const redis = await startTestRedis();
    const store = createSubscriberStore({
      redis: redis.redis,
      newsletters: ['ai-daily', 'tech-brief'],
      pepper: Buffer.alloc(32),
      clock: () => Date.now(),
    });
    const person = { address: 'a@reader.invalid', topics: 'all', format: 'text', state: 'active' } as const;
    await store.upsert({ ...person, consent: 'a test' });
    const { data } = await desk.json<Preview>(['preview', 'today.md', '--out', 'readers', ...which], {
      ...env,
      REDIS_URL: redis.url,
    });
    await redis.stop();
    const plain = data.editions.find(({ htmlBytes }) => htmlBytes === 0);
    expect(Object.keys(plain?.files ?? {})).toEqual(['text', 'message', 'views']);
    const index = read('readers', 'index.html');
    const article = index.slice(index.indexOf(`id="${plain?.id}"`));
    expect(article).toContain('All topics, text only');
    expect(article).toContain('<b>1 reader</b>');
    expect(article).not.toContain('<iframe');
    const views = read('readers', plain?.files.views ?? '');
    expect(views).not.toContain('<iframe');
    expect(views).toContain('云杉实验室开源小型模型');
  });

  it('escapes what comes from the digest', async () => {
    const title = '</title><script>alert(1)</script>"onload="x';
    desk.write(
      'hostile.json',
      JSON.stringify({
        title,
        date: today(),
        categories: [
          { name: '政策', stories: [{ title, summary: '正文'.repeat(20), sources: [{ name: title }] }] },
        ],
      }),
    );
    const { status, stderr } = await desk.run(['preview', 'hostile.json', '--out', 'hostile', ...which], env);
    expect(stderr).not.toContain('error');
    expect(status).toBe(0);
    for (const name of readdirSync(join(desk.folder, 'hostile')).filter((file) => file.endsWith('.html')))
      expect(read('hostile', name), name).not.toMatch(/<script|"onload="/);
  });

  it('gives the same files for the same digest', async () => {
    const files = async (out: string) => {
      await desk.run(['preview', 'today.md', '--out', out, ...which], env);
      return readdirSync(join(desk.folder, out)).map((name) => read(out, name));
    };
    expect(await files('first')).toEqual(await files('second'));
  });

  it('prints where to look, and the problems on stderr', async () => {
    const { stdout, stderr } = await desk.run(['preview', 'today.md', '--out', 'talk', ...which], env);
    expect(stdout).toBe(`${join(desk.folder, 'talk', 'index.html')}\n3 editions, 3 warnings\n`);
    expect(stderr).toMatch(/^warning {2}few-stories {2}holds only 1 story: policy, models$/m);
  });

  it('fails where it cannot write, for a topic that is unknown and for one without a story', async () => {
    writeFileSync(join(desk.folder, 'taken'), '');
    const failure = async (...args: string[]) => {
      const { status, data } = await desk.json<Failure>(['preview', 'today.md', ...args, ...which], env);
      return [status, data.error.code];
    };
    expect(await failure('--out', 'taken')).toEqual([1, 'file-unwritable']);
    expect(await failure('--out', 'x', '--topics', 'sports')).toEqual([2, 'usage']);
    expect(await failure('--out', 'x', '--topics', 'space')).toEqual([65, 'no-stories']);
    const missing = await desk.json<Failure>(['preview', 'today.md', ...which], env);
    expect([missing.status, missing.data.error.code]).toEqual([2, 'usage']);
  });

  it('shows every example', async () => {
    const examples = join(packageRoot(), 'examples', 'digests');
    for (const name of readdirSync(examples)) {
      const { status, data } = await desk.json<Preview>(
        ['preview', join(examples, name), '--out', name, ...which],
        env,
      );
      expect(status).toBe(0);
      expect(data.editions.length).toBeGreaterThan(3);
    }
  });
});
