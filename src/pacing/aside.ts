/**
 * Pages put aside because their lane has its share of a worker. Whoever is done with a page of the lane takes the next
 * of them. What is lost here is woken by the sweeper all the same, only later.
 */
import type { Redis } from 'ioredis';
import { keys } from '../redis/keys.ts';

export interface Aside {
  put(lane: string, issue: string, page: number): Promise<void>;
  /** The one put aside first; null when there is none. */
  next(lane: string): Promise<{ readonly issue: string; readonly page: number } | null>;
}

const keptSeconds = 3_600;

export function createAside({ redis }: { readonly redis: Redis }): Aside {
  return {
    put: async (lane, issue, page) => {
      const key = keys.aside(lane);
      await redis.zadd(key, 'NX', Date.now(), `${issue}.${page}`);
      await redis.expire(key, keptSeconds);
    },
    next: async (lane) => {
      const [member] = await redis.zpopmin(keys.aside(lane));
      if (member === undefined) return null;
      const dot = member.lastIndexOf('.');
      return { issue: member.slice(0, dot), page: Number(member.slice(dot + 1)) };
    },
  };
}
