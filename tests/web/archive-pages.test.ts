import { describe, expect, it } from 'vitest';
import { createArchive } from '../../src/delivery/archive.ts';
import { setControl } from '../../src/ledger/issues.ts';
import { atomFeed } from '../../src/web/atom-feed.ts';
import { loadViews } from '../../src/web/views.ts';
import { parseAtom } from '../helpers/atom.ts';
import { digestOf, storyOf } from '../helpers/digests.ts';
import { dayOf, eachWithSentIssues, type SentIssues } from './sent-issues.ts';

const dayMs = 86_400_000;
const archive = '/archive/ai-daily';
const feed = `${archive}/feed.atom`;

let sent: SentIssues;

eachWithSentIssues((opened) => {
  sent = opened;
});

/** Handlebars writes an equals sign as a reference. */
const textOf = async (path: string) => (await (await sent.get(path)).text()).replaceAll('&#x3D;', '=');
const listed = async (path = archive) =>
  [...(await textOf(path)).matchAll(/<h2><a href="([^"]+)">/g)].map(([, link]) => link);

/** One issue a day, each a day after the other. */
async function sendDays(count: number): Promise<void> {
  for (let day = 1; day <= count; day++) {
    await sent.send(dayOf(`2026-03-${String(day).padStart(2, '0')}`, `之${day}`));
    sent.desk.now += dayMs;
  }
}

describe('the archive of a newsletter', () => {
  it('lists what was sent, the newest first, with date and lead stories', async () => {
    await sendDays(3);
    expect(await listed()).toEqual(['03', '02', '01'].map((day) => `${archive}/2026-03-${day}`));
    const answer = await sent.get(archive);
    expect(answer.headers.get('Cache-Control')).toBe('public, max-age=300');
    expect(answer.headers.get('X-Robots-Tag')).toBe('all');
    const page = await answer.text();
    expect(page).toContain('<html lang="zh-CN">');
    expect(page).toContain('<time datetime="2026-03-03">2026年3月3日星期二</time> · 2 条要闻');
    expect(page).toMatch(/2026-03-03">模型新闻之3<\/a><\/h2>\s*<ul>\s*<li>政策新闻之3<\/li>/);
    expect(page).toContain(
      `<link rel="alternate" type="application/atom+xml" title="AI 日报" href="${feed}">`,
    );
  });

  it('shows each of them whole, unlisted, with a way back', async () => {
    await sendDays(1);
    const answer = await sent.get(`${archive}/2026-03-01`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('X-Robots-Tag')).toContain('noindex');
    expect(answer.headers.get('Content-Security-Policy')).toContain('sandbox');
    const page = await answer.text();
    for (const title of ['模型新闻之1', '政策新闻之1']) expect(page).toContain(title);
    expect(page).toContain(`<a href="${archive}"`);
  });

  it('turns pages', async () => {
    expect(await textOf(archive)).toContain('还没有可以读的一期');
    await sendDays(22);
    expect(await listed()).toHaveLength(20);
    expect(await textOf(archive)).toContain(`href="${archive}?page=2" rel="next"`);
    expect(await listed(`${archive}?page=2`)).toEqual([`${archive}/2026-03-02`, `${archive}/2026-03-01`]);
    const second = await textOf(`${archive}?page=2`);
    expect(second).toContain(`href="${archive}" rel="prev"`);
    expect(second).not.toContain('rel="next"');
    for (const page of [
      '3',
      '0',
      '-1',
      '1.5',
      'x',
      '',
      '1e300',
      '1e0',
      '0x1',
      '%201',
      '1.0',
      '9'.repeat(400),
    ]) {
      expect((await sent.get(`${archive}?page=${page}`)).status, page).toBe(404);
    }
  });

  it('holds back what is not out: scheduled, paused before its first copy, cancelled', async () => {
    await sent.publish(dayOf('2026-03-03', '之三'), { startsAt: sent.desk.now + 3_600_000 });
    await setControl(sent.desk.ledger, await sent.publish(dayOf('2026-03-04', '之四')), 'paused');
    await sent.deliver();
    await sent.send(dayOf('2026-03-05', '之五'));
    await setControl(sent.desk.ledger, 'ai-daily-2026-03-05', 'cancelled');
    expect(await listed()).toEqual([]);
    expect(parseAtom(await textOf(feed)).entries).toEqual([]);
    for (const day of ['03', '04', '05']) {
      expect((await sent.get(`${archive}/2026-03-${day}`)).status).toBe(404);
    }
    sent.desk.now += 3_600_000;
    await sent.deliver();
    expect(await listed()).toEqual([`${archive}/2026-03-03`]);
  });

  it('is there only for a newsletter that wants one, and shows no other’s issues', async () => {
    await sent.desk.subscribers.upsertMany(
      ['tech-brief', 'tech-en'].map((newsletter) => ({
        address: `${newsletter}@readers.example`,
        memberships: [newsletter],
        state: 'active' as const,
        consent: 'a test',
      })),
    );
    await sent.send(dayOf('2026-03-02', '科技'), { newsletter: 'tech-brief' });
    await sent.send(dayOf('2026-03-02', '英文'), { newsletter: 'tech-en' });
    expect(await listed()).toEqual([]);
    expect(await listed('/archive/tech-brief')).toEqual(['/archive/tech-brief/2026-03-02']);
    for (const path of [
      '/archive/tech-en',
      '/archive/tech-en/feed.atom',
      '/archive/tech-en/2026-03-02',
      '/archive/nobody',
      '/archive/ai-daily/2026-03-02',
      '/archive/ai-daily/..%2Ftech-en-2026-03-02',
      '/archive',
    ]) {
      const answer = await sent.get(path);
      expect(answer.status, path).toBe(404);
      expect(await answer.text()).not.toContain('英文');
    }
  });

  it('shows a correction in the place of what it corrects', async () => {
    await sendDays(1);
    await sent.send(dayOf('2026-03-01', '更正'), { change: 'correct' });
    expect(await listed()).toEqual([`${archive}/2026-03-01`]);
    expect(await textOf(archive)).toMatch(/模型新闻更正<\/a>/);
    expect(await textOf(archive)).toContain('<b>已更正</b>');
    expect(await textOf(`${archive}/2026-03-01`)).toContain('政策新闻更正');
    expect((await sent.get(`${archive}/2026-03-01.c1`)).status).toBe(404);
  });

  it('forgets with the issue', async () => {
    await sendDays(2);
    sent.desk.now += 28 * dayMs;
    expect(await listed()).toEqual([`${archive}/2026-03-02`]);
    expect((await sent.get(`${archive}/2026-03-01`)).status).toBe(404);
  });
});

describe('the Atom feed', () => {
  it('is one that a strict reader takes, with whole links that lead where they say', async () => {
    await sendDays(2);
    const answer = await sent.get(feed);
    expect(answer.headers.get('Content-Type')).toBe('application/atom+xml; charset=utf-8');
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*');
    const atom = parseAtom(await answer.text());
    expect(atom).toMatchObject({
      id: 'tag:news.invalid,2026-01-01:ai-daily',
      title: 'AI 日报',
      self: `https://news.example${feed}`,
      alternate: `https://news.example${archive}`,
      updated: '2026-03-03T01:00:00Z',
    });
    expect(atom.entries).toEqual([
      {
        id: 'tag:news.invalid,2026-03-02:ai-daily-2026-03-02',
        title: '模型新闻之2；政策新闻之2',
        published: '2026-03-03T01:00:00Z',
        updated: '2026-03-03T01:00:00Z',
        url: `https://news.example${archive}/2026-03-02`,
        summary: '模型新闻之2；政策新闻之2',
      },
      expect.objectContaining({ id: 'tag:news.invalid,2026-03-01:ai-daily-2026-03-01' }),
    ]);
    for (const { url } of atom.entries) expect((await sent.get(url)).status).toBe(200);
    const etag = answer.headers.get('ETag') ?? '';
    expect((await sent.get(feed, { headers: { 'If-None-Match': etag } })).status).toBe(304);
  });

  it('keeps the id of an entry that is revised or corrected, and says when that was', async () => {
    await sendDays(1);
    const [before] = parseAtom(await textOf(feed)).entries;
    sent.desk.now += 3_600_000;
    await sent.publish(dayOf('2026-03-01', '改'), { change: 'revise' });
    const [revised, ...none] = parseAtom(await textOf(feed)).entries;
    expect(none).toEqual([]);
    expect(revised).toEqual({
      ...before,
      title: '模型新闻改；政策新闻改',
      summary: '模型新闻改；政策新闻改',
      updated: '2026-03-03T02:00:00Z',
    });
    sent.desk.now += 3_600_000;
    await sent.send(dayOf('2026-03-01', '更正'), { change: 'correct' });
    const corrected = parseAtom(await textOf(feed));
    expect(corrected.updated).toBe('2026-03-03T03:00:00Z');
    expect(corrected.entries).toEqual([
      {
        ...revised,
        title: expect.stringContaining('更正'),
        summary: expect.stringContaining('更正'),
        updated: corrected.updated,
      },
    ]);
  });

  it('is well-formed whatever the stories are called', async () => {
    const titles = [
      '5 < 6 & "both" \'quotes\' `<script>`',
      '控制\u0007字符\u000b与\ud83d半个',
      ']]>&#0;&lt;',
    ];
    const stories = titles.map((title, index) => storyOf(title, { line: 3 + index }));
    await sent.send(digestOf([{ name: '<b>', stories }], { date: '2026-03-02' }));
    const [entry] = parseAtom(await textOf(feed)).entries;
    expect(entry?.summary).toContain('5 < 6 & "both" \'quotes\' <script>');
    expect(entry?.summary).toContain(']]>&#0;&lt;');
    expect(await textOf(archive)).not.toContain('<script>');
  });

  it('says of a sponsored newsletter that it is one', async () => {
    await sendDays(1);
    const [newsletter] = sent.desk.config.newsletters;
    if (!newsletter) throw new Error('no newsletter');
    const issues = await createArchive(sent.desk).list(newsletter.id, 0, 1);
    const publicUrl = 'https://news.example';
    const source = atomFeed(loadViews(), {
      newsletter: { ...newsletter, sponsored: true },
      issues,
      publicUrl,
    });
    expect(parseAtom(source).entries[0]?.title).toBe('广告｜模型新闻之1；政策新闻之1');
  });

  it('is valid before there is anything in it', async () => {
    expect(parseAtom(await textOf(feed))).toMatchObject({ updated: '1970-01-01T00:00:00Z', entries: [] });
  });
});
