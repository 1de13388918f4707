/** A reader chooses on their page how often and when mail comes: what went out afterwards, and what the CSV says. */
import { describe, expect, it } from 'vitest';
import { exportCsv } from '../../subscribers/export-csv.ts';
import { importCsv } from '../../subscribers/import-csv.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { copyTo, dayOf, eachWithSentIssues, pathIn, recipientsOf, type SentIssues } from './sent-issues.ts';

let server: TestRedis;
let sent: SentIssues;
let page: string;
const weekly = { frequency: 'weekly' } as const;

eachWithSentIssues(async (opened, redis) => {
  sent = opened;
  server = redis;
  page = pathIn(copyTo(await sent.send(dayOf('2026-03-02')), 1), '/p/');
});

const choose = async (frequency: string) => {
  const body = new URLSearchParams({ was: 'all', topic: 'models', frequency });
  expect((await sent.get(page, { method: 'POST', body })).status).toBe(303);
};

describe('a reader who chooses once a week on their page', () => {
  it('is left out of the next daily issue and has the next weekly one, until they choose every day again', async () => {
    await choose('weekly');
    expect(recipientsOf(await sent.send(dayOf('2026-03-03', '二')))).toEqual(['reader-2']);
    expect(recipientsOf(await sent.send(dayOf('2026-03-06', '周'), weekly))).toEqual(['reader-1']);
    await choose('daily');
    expect(recipientsOf(await sent.send(dayOf('2026-03-07', '三')))).toEqual(['reader-1', 'reader-2']);
    expect(recipientsOf(await sent.send(dayOf('2026-03-13', '四'), weekly))).toEqual([]);
  });

  it('has the issues that were published before, each once, and no other', async () => {
    await sent.publish(dayOf('2026-03-03', '二'));
    await choose('weekly');
    expect(recipientsOf(await sent.deliver())).toEqual(['reader-1', 'reader-2']);
    await sent.publish(dayOf('2026-03-06', '周'), weekly);
    await choose('daily');
    expect(recipientsOf(await sent.deliver())).toEqual(['reader-1']);
    expect(await sent.deliver()).toEqual([]);
  });

  it('stays weekly through an export that is imported again, here and in an empty store', async () => {
    await choose('weekly');
    const { subscribers, config } = sent.desk;
    const exported = async () => {
      let text = '';
      for await (const piece of exportCsv(subscribers)) text += piece;
      return text;
    };
    const csv = await exported();
    expect(csv).toMatch(/^reader-1@.*,weekly,/m);
    const newsletters = config.newsletters.map(({ id }) => id);
    const options = { topics: ['models'], newsletters, defaults: {}, consent: 'a test' };
    const read = async () => await importCsv(Buffer.from(csv), { store: subscribers }, options);
    expect(await read()).toMatchObject({ unchanged: 2 });
    await server.redis.flushall();
    expect(await read()).toMatchObject({ added: 2 });
    expect(await exported()).toBe(csv);
    expect(recipientsOf(await sent.send(dayOf('2026-03-06', '周'), weekly))).toEqual(['reader-1']);
  });
});

describe('a reader who chooses another hour on their page', () => {
  it('has an issue that goes to each at their own hour at that hour', async () => {
    const { desk } = sent;
    const reader = await desk.subscribers.get(1);
    const hourIn = (ahead: number) =>
      Number(
        new Intl.DateTimeFormat('en', {
          hour: 'numeric',
          hourCycle: 'h23',
          timeZone: reader?.timezone,
        }).format(desk.now + ahead * 3_600_000),
      );
    const body = new URLSearchParams({ was: 'all', topic: 'models', hour: String(hourIn(4)) });
    expect((await sent.get(page, { method: 'POST', body })).status).toBe(303);
    await desk.subscribers.changePreferences(2, { hour: hourIn(2) });
    await sent.publish(dayOf('2026-03-03', '二'), { localHour: true });
    expect(await sent.deliver()).toEqual([]);
    desk.now += 2 * 3_600_000;
    expect(recipientsOf(await sent.deliver())).toEqual(['reader-2']);
    desk.now += 2 * 3_600_000;
    expect(recipientsOf(await sent.deliver())).toEqual(['reader-1']);
  });
});
