import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planIssue } from '../../src/delivery/plan-issue.ts';
import { demandIssue } from '../../src/ledger/issues.ts';
import { readPage, readPageLane } from '../../src/ledger/reader.ts';
import { verifyIssue } from '../../src/ledger/verify.ts';
import { openDesk } from '../helpers/desk.ts';
import { digestOf, storyOf } from '../helpers/digests.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';

let server: TestRedis;

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(async () => {
  await server.stop();
});

const domains = [
  'gmail.com',
  'qq.com',
  '163.com',
  'readers.example',
  'outlook.com',
  'icloud.com',
  'yahoo.fr',
];
const digest = digestOf([{ name: '模型', stories: [storyOf('新闻', { topics: ['models'] })] }], {
  date: '2026-03-02',
});

async function planned(readers: number) {
  const desk = await openDesk(server);
  for (let at = 0; at < readers; at += 1_000) {
    const inputs = Array.from({ length: Math.min(1_000, readers - at) }, (_, index) => ({
      address: `reader-${at + index}@${domains[(at + index) % domains.length]}`,
      memberships: ['ai-daily'],
      topics: 'all' as const,
      state: 'active' as const,
      consent: 'a test',
    }));
    await desk.subscribers.upsertMany(inputs);
  }
  const { issue } = await desk.publish(digest);
  await planIssue(desk, issue, new AbortController().signal);
  const { pages } = await demandIssue(desk.ledger, issue);
  const all = [];
  for (let page = 1; page <= pages; page++) {
    all.push({
      lane: await readPageLane(desk.ledger, issue, page),
      rows: await readPage(desk.ledger, issue, page),
    });
  }
  return { desk, issue, pages: all };
}

describe('the pages of an issue', () => {
  it('hold the readers of one lane each', async () => {
    const { desk, issue, pages } = await planned(700);
    for (const { lane, rows } of pages) {
      const readers = await desk.subscribers.getMany(rows.map(({ sid }) => sid));
      expect(new Set(readers.map((reader) => desk.lanes.of(reader!.address)))).toEqual(new Set([lane]));
    }
    expect(new Set(pages.map(({ lane }) => lane)).size).toBe(7);
    expect((await verifyIssue(desk.ledger, issue)).gaps).toEqual([]);
  });

  it('take turns by lane, so that no lane comes last', async () => {
    const { pages } = await planned(2_000);
    expect(new Set(pages.slice(0, 7).map(({ lane }) => lane)).size).toBe(7);
  });

  it('are no more than a handful more than there would be without lanes', async () => {
    expect((await planned(60)).pages.length).toBeLessThanOrEqual(3 + 7);
    expect((await planned(9_000)).pages.length).toBeLessThanOrEqual(9_000 / 225 + 3 * 7);
  });
});
