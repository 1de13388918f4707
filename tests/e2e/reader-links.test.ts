/** The links of a mail as the SMTP server received it, followed to the pages of the built program. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.ts';
import { linksOf } from '../../src/preflight/mail-text.ts';
import { parseAtom } from '../helpers/atom.ts';
import { createWorkplace, type RunningProgram, testConfig, type Workplace } from '../helpers/program.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { type SmtpSink, startSmtpSink } from '../helpers/smtp-sink.ts';

const example = join(packageRoot(), 'examples', 'digests', 'ai-daily-2026-03-02.md');
const issue = 'ai-daily-2026-03-02';
const readers = `email,newsletters,topics,language
all@readers.example,ai-daily,all,en
some@readers.example,ai-daily,models|policy,zh
`;

let redis: TestRedis;
let sink: SmtpSink;
let place: Workplace;
let pages: RunningProgram;
let url: string;
/** By recipient: the paths of the links in the HTML part. */
const links = new Map<string, readonly string[]>();

beforeAll(async () => {
  [redis, sink] = await Promise.all([startTestRedis(), startSmtpSink({ keep: 'raw' })]);
  place = await createWorkplace({ REDIS_URL: redis.url, SMTP_URL: sink.url });
  await place.json(['init', '--config', 'unused.yaml']);
  Object.assign(place.env, { KEYRING: join(place.folder, 'data', 'keyring.json') });
  await place.write('newsletter.yaml', testConfig.replace('language: zh', 'language: zh\n    archive: true'));
  await place.write('readers.csv', readers);
  await place.json(['subscribers', 'import', 'readers.csv', '--consent', 'a test']);
  const { status, stderr } = await place.json(['send', example, '--newsletter', 'ai-daily', '--wait']);
  expect(status, stderr).toBe(0);
  for (const { rcpt, raw } of await sink.record()) {
    const { html = '' } = await PostalMime.parse(raw ?? '');
    const own = linksOf(html).filter((link) => new URL(link).hostname === '127.0.0.1');
    links.set(rcpt, [...new Set(own.map((link) => new URL(link).pathname + new URL(link).hash))]);
  }
  pages = place.start(['serve']);
  await pages.shows('pages on ');
  url = /pages on (\S+);/.exec(pages.talk().stderr)?.[1] ?? '';
});

afterAll(async () => {
  pages?.child.kill('SIGTERM');
  await pages?.ended;
  await Promise.all([redis?.stop(), sink?.stop()]);
  await place?.remove();
});

const path = (rcpt: string, pattern: RegExp) => links.get(rcpt)?.find((link) => pattern.test(link)) ?? '';
const get = async (to: string) => await (await fetch(`${url}${to}`)).text();
const votes = async () =>
  (await place.json<{ votes: { liked: number; disliked: number } }>(['status', issue])).data.votes;

describe('the links in a mail that was sent', () => {
  it('are all of a kind: preferences and the place there to pause, unsubscribing, two votes, one web copy', () => {
    expect(links.size).toBe(2);
    for (const paths of links.values()) {
      const kinds = paths.map((each) => each.replace(/^(\/\w\/)[\w-]+/, '$1…'));
      expect(kinds.sort()).toEqual(['/p/…', '/p/…#pause', '/u/…', '/v/…/dislike', '/v/…/like', '/w/…']);
    }
  });

  it('lead to the web copy of just that edition', async () => {
    const text = await readFile(example, 'utf8');
    const [all, some] = await Promise.all(
      ['all', 'some'].map((name) => get(path(`${name}@readers.example`, /^\/w\//))),
    );
    const titles = [...(all ?? '').matchAll(/<h3[^>]*>(?:<a[^>]*>)?([^<]+)/g)].map(
      ([, title]) => title ?? '',
    );
    expect(titles.length).toBeGreaterThan(5);
    expect(titles.filter((title) => text.includes(title)).length).toBeGreaterThan(5);
    const shown = titles.filter((title) => some?.includes(title));
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.length).toBeLessThan(titles.length);
    for (const personal of [...links.values()].flat().filter((each) => !each.startsWith('/w/'))) {
      expect(all).not.toContain(personal.split('/')[2]);
    }
  });

  it('lead to a vote, which a press records and `paperboy status` counts', async () => {
    const like = path('all@readers.example', /\/like$/);
    expect(await get(like)).toContain('👍 Useful</button>');
    expect(await votes()).toEqual({ liked: 0, disliked: 0 });
    for (let press = 0; press < 2; press++) {
      expect((await fetch(`${url}${like}`, { method: 'POST' })).status).toBe(200);
    }
    await fetch(`${url}${path('some@readers.example', /\/dislike$/)}`, { method: 'POST' });
    expect(await votes()).toEqual({ liked: 1, disliked: 1 });
    const { stdout } = await place.run(['status', issue]);
    expect(stdout).toContain('readers said: 1 liked it, 1 did not');
  });

  it('are followed by an archive and a feed, where the newsletter has them', async () => {
    expect(await get('/archive/ai-daily')).toContain('/archive/ai-daily/2026-03-02');
    const { entries } = parseAtom(await get('/archive/ai-daily/feed.atom'));
    expect(entries.map(({ id }) => id)).toEqual([`tag:news.example,2026-03-02:${issue}`]);
    expect((await fetch(`${url}/archive/tech-brief`)).status).toBe(404);
  });
});
