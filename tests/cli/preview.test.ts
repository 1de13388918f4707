import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.ts';
import type { EditionReport } from '../../src/preflight/sample.ts';
import { type Desk, openDesk, smallDigest, today } from './in-process.ts';

interface Preview {
  readonly index: string;
  readonly editions: readonly (EditionReport & {
    readonly files: { readonly html?: string; readonly text: string; readonly message: string };
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
  it('writes an index, and HTML, text and message of each edition', async () => {
    const { status, data } = await desk.json<Preview>(
      ['preview', 'today.md', '--out', 'out/deep', ...which],
      env,
    );
    expect(status).toBe(0);
    expect(data.index).toBe(join(desk.folder, 'out', 'deep', 'index.html'));
    expect(data.editions.map(({ topics }) => topics)).toEqual(['all', ['policy'], ['models']]);
    const names = data.editions.flatMap(({ id }) => [`${id}.eml`, `${id}.html`, `${id}.txt`]);
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
    const { html = '', text, message } = edition?.files ?? { text: '', message: '' };
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

  it('makes a page that stands on its own and links to what is there', async () => {
    await desk.run(['preview', 'today.md', '--out', 'page', ...which], env);
    const page = read('page', 'index.html');
    const links = [...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link]) => link ?? '');
    expect(links).toHaveLength(3 * 3 + 1);
    for (const link of links) expect(existsSync(join(desk.folder, 'page', link)), link).toBe(true);
    expect(page).not.toMatch(/<script|@import|url\(/);
    expect(page).toContain('prefers-color-scheme: dark');
    expect(page).toContain('政策与监管');
    expect(page).toContain('holds only 1 story');
    expect(page).toContain('3 warnings');
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
    expect(read('hostile', 'index.html')).not.toMatch(/<script|"onload="/);
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
