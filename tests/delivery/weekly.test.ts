/** Weekly readers: an issue of their own, which repeats what the daily ones told. */
import { describe, expect, it } from 'vitest';
import { comparedWith } from '../../src/delivery/past-issues.ts';
import type { Message } from '../../src/message/message.ts';
import { digestOf, storyOf } from '../helpers/digests.ts';
import { eachWithSentIssues, pathIn, recipientsOf, type SentIssues } from '../web/sent-issues.ts';

let sent: SentIssues;
const weekly = { frequency: 'weekly' } as const;

eachWithSentIssues(async (opened) => {
  sent = opened;
  await sent.desk.subscribers.changePreferences(2, { frequency: 'weekly', topics: 'all' });
});

const titles = ['海燕三号火箭完成第十次回收', '月面通信中继星进入工作轨道', '云杉实验室开源小型语言模型'];

/** A digest of the n-th titles; `day` of March 2026, of which the 2nd is a Monday. */
const digestOn = (day: number, ...nth: readonly number[]) =>
  digestOf([{ name: '新闻', stories: nth.map((n) => storyOf(titles[n] ?? '', { line: n + 1 })) }], {
    date: `2026-03-${String(day).padStart(2, '0')}`,
  });

const pageOf = async (copy: Message) => await (await sent.get(pathIn(copy, '/w/'))).text();

describe('a weekly issue', () => {
  it('goes to the weekly readers alone, and daily ones do not go to them', async () => {
    expect(recipientsOf(await sent.send(digestOn(2, 0)))).toEqual(['reader-1']);
    expect(recipientsOf(await sent.send(digestOn(6, 0, 1, 2), weekly))).toEqual(['reader-2']);
  });

  it('is whole, though the daily issues of the week told all of it', async () => {
    await sent.send(digestOn(2, 0));
    await sent.send(digestOn(3, 1));
    const [copy] = await sent.send(digestOn(6, 0, 1), weekly);
    const page = await pageOf(copy as Message);
    for (const title of titles.slice(0, 2)) expect(page).toContain(title);
    const compared = await comparedWith(sent.desk.ledger, 'ai-daily', '2026-03-06', 'weekly');
    expect(compared).toEqual({ published: [], past: [] });
  });

  it('takes no story from the daily readers', async () => {
    await sent.send(digestOn(6, 2), weekly);
    const [copy] = await sent.send(digestOn(7, 2));
    expect(recipientsOf([copy as Message])).toEqual(['reader-1']);
    expect(await pageOf(copy as Message)).toContain(titles[2]);
    const { published } = await comparedWith(sent.desk.ledger, 'ai-daily', '2026-03-08', 'daily');
    expect(published.map(({ issue }) => issue)).toEqual(['ai-daily-2026-03-07']);
  });

  it('has the id of its week, stands beside the daily one of the day, and is sent once', async () => {
    expect(await sent.publish(digestOn(6, 0))).toBe('ai-daily-2026-03-06');
    expect(await sent.publish(digestOn(6, 0, 1), weekly)).toBe('ai-daily-2026-W10');
    await sent.deliver();
    expect(await sent.publish(digestOn(6, 0, 1), weekly)).toBe('ai-daily-2026-W10');
    expect(await sent.deliver()).toEqual([]);
    await expect(sent.publish(digestOn(7, 2), weekly)).rejects.toMatchObject({ code: 'issue-differs' });
  });

  it('is revised and corrected whole, for those who have it', async () => {
    await sent.send(digestOn(2, 0, 1));
    await sent.publish(digestOn(6, 0), weekly);
    await sent.publish(digestOn(6, 0, 1), { ...weekly, change: 'revise' });
    const [revised] = await sent.deliver();
    expect(await pageOf(revised as Message)).toContain(titles[1]);
    const copies = await sent.send(digestOn(6, 1, 2), { ...weekly, change: 'correct' });
    expect(recipientsOf(copies)).toEqual(['reader-2']);
    expect(await pageOf(copies[0] as Message)).toContain(titles[1]);
  });

  it('is not in the archive, whose daily issues hold the same', async () => {
    await sent.send(digestOn(2, 0));
    await sent.send(digestOn(6, 0, 1), weekly);
    const archive = await (await sent.get('/archive/ai-daily')).text();
    expect(archive).toContain('/archive/ai-daily/2026-03-02');
    expect(archive).not.toContain('W10');
  });
});

describe('preference sets', () => {
  it('are counted of those alone who want the issue', async () => {
    const sets = async (...frequency: readonly ('daily' | 'weekly')[]) =>
      (await sent.desk.subscribers.distinctPreferenceSets('ai-daily', ...frequency)).map(
        ({ count }) => count,
      );
    expect([await sets(), await sets('daily'), await sets('weekly')]).toEqual([[2], [1], [1]]);
  });
});
