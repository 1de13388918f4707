import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/core/log.ts';
import { type Inbox, maxMailBytes, startInbox } from '../../src/inbox/smtp-inbox.ts';

describe('the built-in SMTP server', () => {
  let folder: string;
  let inbox: Inbox;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'paperboy-inbox-'));
    inbox = await startInbox({ folder, log: silentLogger });
  });
  afterEach(async () => {
    await inbox.close();
    await rm(folder, { recursive: true, force: true });
  });
  const transport = (pool: boolean) =>
    createTransport({
      host: inbox.host,
      port: inbox.port,
      ignoreTLS: true,
      pool,
      maxMessages: 1000,
    } as object);

  it('takes a mail for anybody and has it on disk before it answers', async () => {
    const sender = transport(false);
    await sender.sendMail({
      from: '"日报" <news@news.invalid>',
      to: 'anybody@nowhere.invalid',
      subject: '今天的新闻',
      text: '正文',
      html: '<p>正文</p>',
      attachments: [{ filename: 'a.txt', content: 'abc' }],
    });
    const names = await readdir(folder);
    const { mails } = inbox.store.list();
    expect(names.sort()).toEqual([`${mails[0]?.id}.eml`, `${mails[0]?.id}.json`]);
    expect(mails[0]).toMatchObject({ subject: '今天的新闻', to: ['anybody@nowhere.invalid'] });
    const parts = await inbox.store.parts(mails[0]?.id ?? '');
    expect(parts).toMatchObject({ attachments: [{ name: 'a.txt', type: 'text/plain', size: 3 }] });
    expect(parts?.html).toContain('<p>正文</p>');
    expect(parts?.headers).toContainEqual({ name: 'To', value: 'anybody@nowhere.invalid' });
  });

  it('goes by the envelope, not by the To header', async () => {
    const raw = 'From: a@b.invalid\r\nTo: "Undisclosed" <x@y.invalid>\r\nSubject: s\r\n\r\nb\r\n';
    await transport(false).sendMail({
      envelope: { from: '', to: ['real@one.invalid', 'two@one.invalid'] },
      raw,
    });
    expect(inbox.store.list().mails[0]).toMatchObject({
      envelope: { from: '' },
      to: ['real@one.invalid', 'two@one.invalid'],
    });
  });

  it('takes hundreds of mails over many connections and loses none, also across a restart', async () => {
    const sender = transport(true);
    const recipients = Array.from({ length: 400 }, (_, n) => `reader${n}@example.invalid`);
    await Promise.all(
      recipients.map((to) => sender.sendMail({ from: 'a@b.invalid', to, subject: to, text: 't' })),
    );
    sender.close();
    await inbox.close();
    inbox = await startInbox({ folder, log: silentLogger });
    expect(
      inbox.store
        .list()
        .mails.map(({ subject }) => subject)
        .sort(),
    ).toEqual(recipients.sort());
  });

  it('keeps nothing of a mail whose sender vanished before the final dot', async () => {
    const socket = connect(inbox.port, inbox.host);
    const dialogue = ['EHLO x', 'MAIL FROM:<a@b.invalid>', 'RCPT TO:<c@d.invalid>', 'DATA'];
    for (const command of dialogue) {
      await once(socket, 'data');
      socket.write(`${command}\r\n`);
    }
    await once(socket, 'data');
    socket.write('Subject: half\r\n\r\nhalf a bo');
    socket.end();
    await once(socket, 'close');
    await transport(false).sendMail({ from: 'a@b.invalid', to: 'c@d.invalid', subject: 'whole', text: 't' });
    expect(inbox.store.list().mails.map(({ subject }) => subject)).toEqual(['whole']);
    expect(await readdir(folder)).toHaveLength(2);
  });

  it('refuses a mail that is too large and keeps nothing of it', async () => {
    const sent = transport(false).sendMail({
      envelope: { from: 'a@b.invalid', to: ['c@d.invalid'] },
      raw: Buffer.alloc(maxMailBytes + 1, 'x'),
    });
    await expect(sent).rejects.toMatchObject({ responseCode: 552 });
    expect(inbox.store.count()).toBe(0);
  });

  it('says so when its port is taken', async () => {
    const second = startInbox({ folder, port: inbox.port, log: silentLogger });
    await expect(second).rejects.toMatchObject({ code: 'port-in-use' });
  });

  it('answers 452 when the mail can not be written', async () => {
    await rm(folder, { recursive: true });
    const sent = transport(false).sendMail({ from: 'a@b.invalid', to: 'c@d.invalid', text: 't' });
    await expect(sent).rejects.toMatchObject({ responseCode: 452 });
  });
});
