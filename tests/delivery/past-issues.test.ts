/** What is usual for a newsletter is read from the real ledger. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cancelIssue } from '../../src/delivery/control.ts';
import { pastDays, pastDigests } from '../../src/delivery/past-issues.ts';
import { storiesOf } from '../../src/digest/digest.ts';
import { keys } from '../../src/redis/keys.ts';
import { type Desk, openDesk } from '../helpers/desk.ts';
import { digestOf, storyOf } from '../helpers/digests.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';

let server: TestRedis;
let desk: Desk;
beforeAll(async () => {
  server = await startTestRedis();
  desk = await openDesk(server);
  await desk.subscribe(1, 'all');
});
afterAll(async () => {
  await server.stop();
});

const day = (date: string, ...titles: string[]) =>
  digestOf([{ name: '新闻', stories: titles.map((title) => storyOf(title)) }], { date });

const past = async (date: string | null) =>
  (await pastDigests(desk.ledger, 'ai-daily', date)).map(({ date: day }) => day);

describe('the digests of the last weeks', () => {
  it('are those of the days before, newest first, as they were revised, without cancelled and forgotten ones', async () => {
    for (const [date, title] of [
      ['2026-03-02', '海燕三号火箭完成第十次回收'],
      ['2026-03-03', '月面通信中继星进入工作轨道'],
      ['2026-03-04', '云杉实验室开源小型语言模型'],
      ['2026-03-05', '芯片散热白皮书今日发布上线'],
      ['2026-03-06', '青湖市公布自动驾驶测试细则'],
    ] as const) {
      await desk.publish(day(date, title));
    }
    await cancelIssue(desk, 'ai-daily-2026-03-03');
    await desk.ledger.redis.del(keys.digests('ai-daily-2026-03-04'));
    await desk.publish(day('2026-03-05', '芯片散热白皮书推迟一周发布'), 'revise');
    expect(await past('2026-03-06')).toEqual(['2026-03-05', '2026-03-02']);
    const [newest] = await pastDigests(desk.ledger, 'ai-daily', '2026-03-06');
    expect(newest && storiesOf(newest).map(({ title }) => title)).toEqual(['芯片散热白皮书推迟一周发布']);
    expect(await past('2026-03-02')).toEqual([]);
    const later = new Date(Date.parse('2026-03-02') + pastDays * 86_400_000).toISOString().slice(0, 10);
    expect(await past(later)).toContain('2026-03-02');
    const tooLate = new Date(Date.parse(later) + 86_400_000).toISOString().slice(0, 10);
    expect(await past(tooLate)).not.toContain('2026-03-02');
    expect(await past(null)).toEqual([]);
  });
});
