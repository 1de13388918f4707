/**
 * Countable permits shared by all workers: connections of a relay, copies of a lane under way. Each is leased for a few
 * seconds and renewed while its worker lives, so that those of a dead one are free again by themselves.
 */
import type { Redis } from 'ioredis';
import { randomId } from '../core/ids.ts';
import { permitScript, renewScript } from './pacing-scripts.ts';

export interface Permits {
  /** @returns the holder's name, for `giveBack`; null when all are held */
  take(key: string, most: number): Promise<string | null>;
  giveBack(key: string, holder: string): Promise<void>;
  /** Happens by itself every two seconds. */
  renew(): Promise<void>;
  close(): Promise<void>;
}

export interface PermitDeps {
  readonly redis: Redis;
  /** Only for tests: milliseconds to take instead of Redis' own time. */
  readonly now?: () => number;
  onError(error: unknown): void;
}

export const permitLeaseMs = 10_000;
const renewEveryMs = 2_000;

export function createPermits({ redis, now: given, onError }: PermitDeps): Permits {
  const now = () => given?.() ?? 0;
  const held = new Map<string, Set<string>>();
  const renew = async (): Promise<void> => {
    try {
      for (const [key, holders] of held) {
        if (holders.size > 0) await renewScript.run(redis, [key], [now(), permitLeaseMs, ...holders]);
      }
    } catch (error) {
      onError(error);
    }
  };
  const timer = setInterval(() => void renew(), renewEveryMs);
  timer.unref();
  const forget = async (key: string, holders: readonly string[]): Promise<void> => {
    if (holders.length > 0) await redis.zrem(key, ...holders);
  };
  return {
    take: async (key, most) => {
      const holder = randomId();
      if ((await permitScript.run(redis, [key], [now(), holder, most, permitLeaseMs])) !== 1) return null;
      const holders = held.get(key) ?? new Set();
      held.set(key, holders.add(holder));
      return holder;
    },
    giveBack: async (key, holder) => {
      held.get(key)?.delete(holder);
      // Else it expires.
      await forget(key, [holder]).catch(onError);
    },
    renew,
    close: async () => {
      clearInterval(timer);
      for (const [key, holders] of held) await forget(key, [...holders]).catch(onError);
      held.clear();
    },
  };
}
