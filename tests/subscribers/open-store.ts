/** A store on a Redis of the test's own, with two newsletters and a clock that the test sets. */

import { keys } from '../../src/redis/keys.ts';
import { frequencies } from '../../subscribers/preferences.ts';
import { createSubscriberStore, type SubscriberStore } from '../../subscribers/store.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';

export const newsletters = ['daily-en', 'daily-zh'] as const;
export const pepper = Buffer.alloc(32, 5);

export interface OpenStore extends TestRedis {
  readonly store: SubscriberStore;
  /** Milliseconds; starts at 2026-02-03T04:05:06Z. */
  readonly clock: { now: number };
  /** `blocked left:daily-en …`: the names of the bitmaps in which the sid's bit is set. */
  bits(sid: number): Promise<string>;
  /** Every key of the store with its whole content, as one text. */
  dump(): Promise<string>;
}

/** @param args further redis-server arguments */
export async function openStore(args: readonly string[] = []): Promise<OpenStore> {
  const server = await startTestRedis(args);
  const { redis } = server;
  const clock = { now: Date.parse('2026-02-03T04:05:06Z') };
  const store = createSubscriberStore({ redis, newsletters, pepper, clock: () => clock.now });
  const bitmaps = new Map<string, string>([['blocked', keys.blocked]]);
  for (const newsletter of newsletters) {
    bitmaps.set(`left:${newsletter}`, keys.left(newsletter));
    for (const frequency of frequencies) {
      bitmaps.set(`${newsletter}:${frequency}`, keys.eligible(newsletter, frequency));
    }
  }
  return {
    ...server,
    store,
    clock,
    async bits(sid) {
      const names = [...bitmaps.keys()];
      const bits = await Promise.all([...bitmaps.values()].map((key) => redis.getbit(key, sid)));
      return names.filter((_, at) => bits[at] === 1).join(' ');
    },
    async dump() {
      const contents: unknown[] = [];
      for (const key of (await redis.keys('*')).sort()) {
        const type = await redis.type(key);
        if (type === 'hash') contents.push(key, await redis.hgetall(key));
        else if (type === 'zset') contents.push(key, await redis.zrange(key, '0', '-1'));
        else contents.push(key, await redis.get(key));
      }
      return JSON.stringify(contents);
    },
  };
}
