import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openInboxStore } from '../../src/inbox/inbox-store.ts';

const envelope = { from: 'bounce+1@news.invalid', to: ['lin@example.invalid'] };

function mail(subject: string, body = 'hello'): Buffer {
  return Buffer.from(
    `From: =?UTF-8?B?5pel5oql?= <news@news.invalid>\r\nTo: lin@example.invalid\r\nSubject: ${subject}\r\n` +
      `Content-Type: text/plain; charset=utf-8\r\n\r\n${body}\r\n`,
  );
}

describe('the inbox store', () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'paperboy-inbox-')), 'inbox');
  });
  afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

  it('keeps a mail byte for byte, with its envelope and its decoded head', async () => {
    const store = await openInboxStore({ folder });
    const content = mail('=?UTF-8?B?5LuK5pel?=', '正文');
    const { id } = await store.add(envelope, content);
    expect(store.get(id)).toMatchObject({
      envelope,
      to: ['lin@example.invalid'],
      from: '日报 <news@news.invalid>',
      subject: '今日',
      size: content.length,
    });
    expect(await store.source(id)).toEqual(content);
    expect((await store.parts(id))?.text).toBe('正文\n');
  });

  it('lists newest first, by recipient, a page at a time', async () => {
    const store = await openInboxStore({ folder });
    for (let n = 1; n <= 5; n += 1) {
      await store.add(
        { from: '', to: [n % 2 ? 'Odd@example.invalid' : 'even@example.invalid'] },
        mail(`${n}`),
      );
    }
    const subjects = (query: object) => store.list(query).mails.map(({ subject }) => subject);
    expect(subjects({})).toEqual(['5', '4', '3', '2', '1']);
    expect(subjects({ address: 'odd@' })).toEqual(['5', '3', '1']);
    expect(subjects({ offset: 1, limit: 2 })).toEqual(['4', '3']);
    expect(store.list({ address: 'odd@', limit: 1 }).total).toBe(3);
    expect(store.list({ address: 'nobody@' })).toEqual({ mails: [], total: 0 });
  });

  it('shows the same mails after a restart, and new ones above them even when the clock went back', async () => {
    const before = await openInboxStore({ folder, now: () => 2_000_000 });
    await before.add(envelope, mail('old'));
    await before.add(envelope, mail('older clock, same moment'));
    const after = await openInboxStore({ folder, now: () => 1_000_000 });
    await after.add(envelope, mail('new'));
    const subjects = after.list().mails.map(({ subject }) => subject);
    expect(subjects).toEqual(['new', 'older clock, same moment', 'old']);
    expect(new Set(after.list().mails.map(({ id }) => id)).size).toBe(3);
  });

  it('does not know a mail that a crash cut short, and clears away what is left of it', async () => {
    const store = await openInboxStore({ folder });
    const { id } = await store.add(envelope, mail('whole'));
    await writeFile(join(folder, '0aaaaaaaaaa.eml'), 'half a ma');
    await writeFile(join(folder, '0bbbbbbbbbb.json.part'), '{"id":"0bb');
    await writeFile(join(folder, '0cccccccccc.json'), 'not json');
    await writeFile(join(folder, 'notes.txt'), 'not ours');
    const again = await openInboxStore({ folder });
    expect(again.list().mails.map((one) => one.id)).toEqual([id]);
    expect((await readdir(folder)).sort()).toEqual([`${id}.eml`, `${id}.json`, 'notes.txt'].sort());
  });

  it('keeps no more than its limit, and the oldest go first, from the folder too', async () => {
    const store = await openInboxStore({ folder, limit: 3 });
    for (const subject of ['1', '2', '3', '4', '5']) await store.add(envelope, mail(subject));
    expect(store.list().mails.map(({ subject }) => subject)).toEqual(['5', '4', '3']);
    expect(await readdir(folder)).toHaveLength(6);
    const smaller = await openInboxStore({ folder, limit: 1 });
    expect(smaller.count()).toBe(1);
    expect(await readdir(folder)).toHaveLength(2);
  });

  it('takes what is hardly a mail: no head, no body, no subject', async () => {
    const store = await openInboxStore({ folder });
    const { id } = await store.add(
      { from: 'a@b.invalid', to: ['c@d.invalid'] },
      Buffer.from('\xff\x00', 'latin1'),
    );
    expect(store.get(id)).toMatchObject({ from: 'a@b.invalid', subject: '' });
    await store.add(envelope, Buffer.alloc(0));
    expect(store.count()).toBe(2);
  });

  it('never reads outside its folder', async () => {
    const store = await openInboxStore({ folder });
    await writeFile(join(folder, '..', 'secret.eml'), 'secret');
    expect(await store.source('../secret')).toBeUndefined();
    expect(await store.parts('../secret')).toBeUndefined();
  });
});
