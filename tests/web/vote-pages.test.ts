import { describe, expect, it } from 'vitest';
import { readStatus } from '../../src/delivery/issue-status.ts';
import { signToken, signVoteToken } from '../../subscribers/tokens.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { copyTo, dayOf, eachWithSentIssues, pathIn, type SentIssues } from './sent-issues.ts';

const issue = 'ai-daily-2026-03-02';
const dayMs = 86_400_000;

let server: TestRedis;
let sent: SentIssues;
let like: string;
let dislike: string;

eachWithSentIssues(async (opened, redis) => {
  sent = opened;
  server = redis;
  const messages = await sent.send(dayOf('2026-03-02'));
  like = pathIn(copyTo(messages, 1), '/v/.+/like');
  dislike = like.replace(/like$/, 'dislike');
});

const votes = async (id = issue) => (await readStatus(sent.desk.ledger, id)).votes;

describe('👍 and 👎', () => {
  it('ask first: following a link changes nothing, however often scanners do', async () => {
    const before = await server.redis.dbsize();
    for (const method of ['GET', 'HEAD']) {
      for (const path of [like, dislike]) {
        const answer = await sent.get(path, { method });
        expect(answer.status).toBe(200);
        expect(answer.headers.get('X-Robots-Tag')).toContain('noindex');
        expect(answer.headers.get('Cache-Control')).toBe('no-store');
      }
    }
    expect(await votes()).toEqual({ liked: 0, disliked: 0 });
    expect(await server.redis.dbsize()).toBe(before);
    const page = await (await sent.get(like)).text();
    expect(page).toContain('AI 日报 · 2026年3月2日星期一');
    expect([...page.matchAll(/<form method="post" action="([^"]+)">/g)].map(([, to]) => to)).toEqual([like]);
    expect(page.match(/<button/g)).toHaveLength(1);
    expect(page).toContain('👍 有用</button>');
  });

  it('record a press, once for each reader', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => sent.post(like)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await answers[0]?.text()).toContain('已记下：👍 有用');
    expect(await votes()).toEqual({ liked: 1, disliked: 0 });
    await sent.post(pathOf(2, 'like'));
    expect(await votes()).toEqual({ liked: 2, disliked: 0 });
  });

  it('let a reader change their mind: the last word counts', async () => {
    const thanks = await (await sent.post(like)).text();
    expect(thanks).toContain(`action="${dislike}"`);
    await sent.post(dislike);
    expect(await votes()).toEqual({ liked: 0, disliked: 1 });
    expect(await (await sent.get(like)).text()).toContain('你之前选的是：👎 没用');
    await Promise.all([like, dislike, like, dislike].map((path) => sent.post(path)));
    const { liked, disliked } = await votes();
    expect(liked + disliked).toBe(1);
  });

  it('are counted for their own issue, corrections apart', async () => {
    await sent.send(dayOf('2026-03-02', '更正'), { change: 'correct' });
    await sent.post(like);
    await sent.post(pathOf(1, 'dislike', `${issue}.c1`));
    expect(await votes()).toEqual({ liked: 1, disliked: 0 });
    expect(await votes(`${issue}.c1`)).toEqual({ liked: 0, disliked: 1 });
  });

  it('are refused with a token that is forged, or made for something else', async () => {
    const { tokenKeys } = sent.desk.keyring;
    const token = like.split('/')[2] ?? '';
    const forgeries = [
      signVoteToken([{ id: 'k1', secret: Buffer.alloc(32, 8) }], { sid: 1, issue }),
      signToken(tokenKeys, { purpose: 'unsubscribe', sid: 1, newsletter: 'ai-daily' }),
      signToken(tokenKeys, { purpose: 'preferences', sid: 1, newsletter: 'ai-daily' }),
      signVoteToken(tokenKeys, { sid: 1, issue: 'ai-daily-2026-03-03' }),
      `${token.slice(0, -2)}AA`,
      'x'.repeat(600),
    ];
    for (const forged of forgeries) {
      for (const method of ['GET', 'POST']) {
        const answer = await sent.get(`/v/${forged}/like`, { method });
        expect(answer.status, forged).toBe(404);
        expect(await answer.text()).toContain('链接无效');
      }
    }
    expect((await sent.post(`/v/${token}/love`)).status).toBe(404);
    expect(await votes()).toEqual({ liked: 0, disliked: 0 });
  });

  it('cannot unsubscribe anybody or open their preferences', async () => {
    const token = like.split('/')[2] ?? '';
    for (const path of [`/u/${token}`, `/p/${token}`, `/p/${token}/leave`]) {
      expect((await sent.post(path)).status).toBe(404);
    }
    expect((await sent.get(`/p/${token}`)).status).toBe(404);
  });

  it('are still open to who has left, and no more to who was forgotten', async () => {
    const { subscribers } = sent.desk;
    await subscribers.leave(1, 'ai-daily');
    expect((await sent.post(like)).status).toBe(200);
    await subscribers.forget('reader-1@readers.example');
    for (const method of ['GET', 'POST']) expect((await sent.get(dislike, { method })).status).toBe(404);
    expect(await votes()).toEqual({ liked: 1, disliked: 0 });
  });

  it('speak the language of the reader', async () => {
    await sent.desk.subscribers.changePreferences(1, { language: 'en' });
    const page = await (await sent.get(dislike)).text();
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('AI 日报 · Monday, Mar 2, 2026');
    expect(page).toContain('👎 Not useful</button>');
  });

  it('end with what is kept of the issue; their counts stay', async () => {
    await sent.post(like);
    const { redis } = sent.desk.ledger;
    expect(await redis.pttl(`{paperboy}:issue:${issue}:voters`)).toBeGreaterThan(0);
    sent.desk.now += 31 * dayMs;
    expect((await sent.post(dislike)).status).toBe(404);
    expect(await votes()).toEqual({ liked: 1, disliked: 0 });
  });

  it('say so when they cannot be recorded now', async () => {
    await server.redis.config('SET', 'maxmemory', '1');
    try {
      const answer = await sent.post(like);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('Retry-After')).toBe('120');
      expect(await answer.text()).toContain('请稍后再试');
    } finally {
      await server.redis.config('SET', 'maxmemory', '0');
    }
    expect(await votes()).toEqual({ liked: 0, disliked: 0 });
  });
});

function pathOf(sid: number, answer: string, id = issue): string {
  return `/v/${signVoteToken(sent.desk.keyring.tokenKeys, { sid, issue: id })}/${answer}`;
}
