/** What was published is not published again: through the real ledger, whatever else happens to its issues. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decodeContent } from '../../src/delivery/content.ts';
import { cancelIssue, pauseIssue } from '../../src/delivery/control.ts';
import { publishedBefore } from '../../src/delivery/leave-out-repeats.ts';
import { publish } from '../../src/delivery/publish.ts';
import type { Digest } from '../../src/digest/digest.ts';
import { storiesOf } from '../../src/digest/digest.ts';
import { readContent } from '../../src/ledger/issues.ts';
import { rememberedMs } from '../../src/ledger/published.ts';
import { keys } from '../../src/redis/keys.ts';
import { type Desk, openDesk } from '../helpers/desk.ts';
import { digestOf, storyOf } from '../helpers/digests.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';

let server: TestRedis;
let desk: Desk;
const dayMs = 24 * 3_600_000;

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(async () => {
  await server.stop();
});
beforeEach(async () => {
  desk = await openDesk(server);
  await desk.subscribe(2, 'all');
});

const names = {
  launch: '海燕三号火箭完成第十次回收',
  relay: '月面通信中继星进入工作轨道',
  model: '云杉实验室开源小型语言模型',
  paper: '芯片散热白皮书今日发布',
} as const;
type Name = keyof typeof names;

/** A digest of these stories; `day` of March 2026. */
function digestOn(day: number, ...stories: readonly Name[]): Digest {
  const date = `2026-03-${String(day).padStart(2, '0')}`;
  return digestOf([{ name: '新闻', stories: stories.map((name) => storyOf(names[name], { line: 1 })) }], {
    date,
  });
}

async function holds(issue: string, revision = 1): Promise<readonly string[]> {
  const { digest } = decodeContent(await readContent(desk.ledger, issue, revision));
  return storiesOf(digest).map(
    ({ title }) => Object.entries(names).find(([, text]) => text === title)?.[0] ?? title,
  );
}

describe('the next issue', () => {
  it('leaves out what the newsletter published, and says how much', async () => {
    await desk.publish(digestOn(2, 'launch', 'relay'));
    const { issue, repeats } = await desk.publish(digestOn(3, 'model', 'launch', 'paper'));
    expect(repeats).toBe(1);
    expect(await holds(issue)).toEqual(['model', 'paper']);
  });

  it('is refused when nothing is left, and leaves no trace', async () => {
    await desk.publish(digestOn(2, 'launch', 'relay'));
    await expect(desk.publish(digestOn(3, 'relay', 'launch'))).rejects.toMatchObject({
      code: 'only-repeats',
      message: expect.stringContaining('ai-daily-2026-03-02'),
    });
    expect(await desk.ledger.redis.exists(keys.issue('ai-daily-2026-03-03'))).toBe(0);
    expect((await desk.publish(digestOn(3, 'model'))).created).toBe(true);
  });

  it('may hold what was published more than 14 days before, which is then let go', async () => {
    await desk.publish(digestOn(2, 'launch'));
    desk.now += rememberedMs - 1;
    await expect(desk.publish(digestOn(16, 'launch'))).rejects.toMatchObject({ code: 'only-repeats' });
    desk.now += 1;
    const { issue } = await desk.publish(digestOn(16, 'launch'));
    expect(await holds(issue)).toEqual(['launch']);
    expect(await desk.ledger.redis.hkeys(keys.published('ai-daily'))).toEqual(
      expect.not.arrayContaining(['ai-daily-2026-03-02']),
    );
  });

  it('of another newsletter is none of its business', async () => {
    await desk.publish(digestOn(2, 'launch'));
    expect(await publishedBefore(desk.ledger, 'tech-brief', 'tech-brief-2026-03-02')).toEqual([]);
  });

  it('counts a scheduled issue from its start', async () => {
    await publish(desk, {
      newsletter: 'ai-daily',
      digest: digestOn(6, 'launch'),
      startsAt: desk.now + 4 * dayMs,
    });
    desk.now += rememberedMs + dayMs;
    await expect(desk.publish(digestOn(17, 'launch'))).rejects.toMatchObject({ code: 'only-repeats' });
  });
});

describe('the same issue', () => {
  it('published again is unchanged, also when its stories stand in a later one as updates', async () => {
    const day = digestOn(2, 'launch');
    await desk.publish(day);
    const update = { ...storyOf(`更新：${names.launch}`), update: true as const };
    await desk.publish(digestOf([{ name: '新闻', stories: [update] }], { date: '2026-03-03' }));
    expect(await desk.publish(day)).toEqual({
      issue: 'ai-daily-2026-03-02',
      revision: 1,
      created: false,
      recipients: 2,
    });
  });

  it('published again after a repeat went from it is the same content', async () => {
    await desk.publish(digestOn(2, 'launch'));
    const day = digestOn(3, 'launch', 'model');
    await desk.publish(day);
    expect(await desk.publish(day)).toMatchObject({ created: false, revision: 1 });
  });

  it('revised keeps its own stories, still lacks others’, and counts as what it is now', async () => {
    await desk.publish(digestOn(2, 'launch'));
    await desk.publish(digestOn(3, 'launch', 'relay'));
    const revised = await desk.publish(digestOn(3, 'launch', 'relay', 'model'), 'revise');
    expect(revised).toMatchObject({ revision: 2, repeats: 1 });
    expect(await holds(revised.issue, 2)).toEqual(['relay', 'model']);
    await desk.publish(digestOn(3, 'model'), 'revise');
    const next = await desk.publish(digestOn(4, 'relay', 'model'));
    expect(await holds(next.issue)).toEqual(['relay']);
  });

  it('corrected repeats it on purpose', async () => {
    await desk.publish(digestOn(2, 'launch', 'relay'));
    const correction = await desk.publish(digestOn(2, 'launch', 'relay', 'paper'), 'correct');
    expect(correction).toMatchObject({ issue: 'ai-daily-2026-03-02.c1', repeats: 0 });
    expect(await holds(correction.issue)).toEqual(['launch', 'relay', 'paper']);
    const next = await desk.publish(digestOn(3, 'model', 'paper', 'launch'));
    expect(await holds(next.issue)).toEqual(['model']);
    expect(await desk.publish(digestOn(2, 'launch', 'relay', 'paper'), 'correct')).toMatchObject({
      created: false,
    });
  });

  it('cancelled does not count; paused it does', async () => {
    const { issue } = await desk.publish(digestOn(2, 'launch', 'relay'));
    await pauseIssue(desk.ledger, issue);
    await expect(desk.publish(digestOn(3, 'launch'))).rejects.toMatchObject({ code: 'only-repeats' });
    await cancelIssue(desk, issue);
    expect(await holds((await desk.publish(digestOn(3, 'launch'))).issue)).toEqual(['launch']);
  });
});

describe('two operators at once', () => {
  it('publish a story in one issue alone', async () => {
    const days = [2, 3, 4, 5, 6, 7, 8, 9];
    const own: readonly Name[] = ['relay', 'model', 'paper'];
    const digests = days.map((day) => {
      const extra = storyOf(`第${day}日独有的一条新闻`);
      const shared = digestOn(day, 'launch', own[day % 3] ?? 'relay');
      return { ...shared, categories: [...shared.categories, { name: '独有', stories: [extra] }] };
    });
    const issues = await Promise.all(digests.map((digest) => desk.publish(digest)));
    const all = (await Promise.all(issues.map(({ issue }) => holds(issue)))).flat();
    expect(all.filter((name) => name in names).sort()).toEqual(['launch', 'model', 'paper', 'relay']);
    expect(all).toHaveLength(4 + days.length);
  });

  it('notice that an issue was cancelled while they looked', async () => {
    const { issue } = await desk.publish(digestOn(2, 'launch'));
    const [, next] = await Promise.allSettled([
      cancelIssue(desk, issue),
      desk.publish(digestOn(3, 'launch')),
    ]);
    const records = await publishedBefore(desk.ledger, 'ai-daily', '');
    if (next.status === 'fulfilled') expect(await holds(next.value.issue)).toEqual(['launch']);
    else expect(next.reason).toMatchObject({ code: 'only-repeats' });
    expect(records.map((record) => record.issue)).toEqual(
      next.status === 'fulfilled' ? ['ai-daily-2026-03-03'] : [],
    );
  });
});

it('keeps less than a kilobyte for twenty stories, for as long as they count', async () => {
  const stories = Array.from({ length: 20 }, (_, index) =>
    storyOf(`第${index}条足够长的新闻标题`, {
      sources: [{ name: '报社', url: `https://news.example/a/${index}` }],
    }),
  );
  await desk.publish(digestOf([{ name: '新闻', stories }], { date: '2026-03-02' }));
  const key = keys.published('ai-daily');
  expect((await desk.ledger.redis.hget(key, 'ai-daily-2026-03-02'))?.length).toBeLessThan(1_000);
  const lifetime = await desk.ledger.redis.pttl(key);
  expect(lifetime).toBeGreaterThan(rememberedMs - 60_000);
  expect(lifetime).toBeLessThanOrEqual(rememberedMs);
});
