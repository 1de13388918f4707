import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/message/message.ts';
import { linksOf } from '../../src/preflight/mail-text.ts';
import { copyTo, dayOf, eachWithSentIssues, pathIn, recipientsOf, type SentIssues } from './sent-issues.ts';

let sent: SentIssues;
let messages: readonly Message[];

eachWithSentIssues(async (opened) => {
  sent = opened;
  messages = await sent.send(dayOf('2026-03-02'));
});

describe('the link to pause', () => {
  it('stands in both parts of a copy and leads to its place on the reader’s own page', async () => {
    const copy = copyTo(messages, 1);
    const page = `https://news.example${pathIn(copy, '/p/')}`;
    const { html = '', text = '' } = await PostalMime.parse(copy.raw);
    expect(linksOf(html)).toContain(`${page}#pause`);
    expect(text.split(/\r?\n/)).toContain(`${page}#pause`);
    expect(await (await sent.get(page)).text()).toContain('id="pause"');
  });

  it('keeps back every mail from when the button is pressed until the other one is', async () => {
    const page = pathIn(copyTo(messages, 1), '/p/');
    expect((await sent.post(`${page}/pause`)).status).toBe(303);
    expect(recipientsOf(await sent.send(dayOf('2026-03-03', '二')))).toEqual(['reader-2']);
    expect(await (await sent.get(page)).text()).toContain('已暂停接收');
    expect((await sent.post(`${page}/resume`)).status).toBe(303);
    expect(recipientsOf(await sent.send(dayOf('2026-03-04', '三')))).toEqual(['reader-1', 'reader-2']);
  });

  it('stops also a copy that was published before and has not gone out', async () => {
    const page = pathIn(copyTo(messages, 1), '/p/');
    await sent.publish(dayOf('2026-03-03', '二'));
    await sent.post(`${page}/pause`);
    expect(recipientsOf(await sent.deliver())).toEqual(['reader-2']);
  });
});
