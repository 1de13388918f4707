/** Workers and a relay with a limit of its own, in simulated time: only Redis and its scripts are real. */
import type { Redis } from 'ioredis';
import { createLanes, type LaneConfig } from '../../src/pacing/lanes.ts';
import { createPacing, isGranted, type Pacing } from '../../src/pacing/pacing.ts';

export interface Simulation {
  /** What the relay allows a second, and how many at once after a rest; `window`: it counts anew each second. */
  readonly rate: number;
  readonly burst: number | 'window';
  readonly connections: number;
  /** Of one copy, in milliseconds. */
  readonly latencyMs: number;
  readonly seconds: number;
  /** What we are told of the relay; absent: nothing. */
  readonly perMinute?: number;
  readonly lanes?: readonly LaneConfig[];
  /** Claims do not take more than this. Default 50. */
  readonly claim?: number;
}

/** When the relay said yes, and when it said no; seconds from the start. */
export interface Simulated {
  readonly accepted: readonly number[];
  readonly refused: readonly number[];
}

export async function simulate(redis: Redis, given: Simulation): Promise<Simulated> {
  const beganAt = 1_700_000_000_000;
  let now = beganAt;
  const pacing: Pacing = createPacing({
    redis,
    now: () => now,
    lanes: createLanes(given.lanes),
    relays: [
      { id: 'r1', name: 'one', ...(given.perMinute === undefined ? {} : { perMinute: given.perMinute }) },
    ],
  });
  const accepted: number[] = [];
  const refused: number[] = [];
  let level = given.burst === 'window' ? given.rate : given.burst;
  let levelAt = now;
  const refill = (): void => {
    if (given.burst !== 'window') {
      level = Math.min(given.burst, level + ((now - levelAt) / 1000) * given.rate);
    } else if (Math.floor(now / 1000) !== Math.floor(levelAt / 1000)) level = given.rate;
    levelAt = now;
  };
  const asked = (): boolean => {
    refill();
    const seconds = (now - beganAt) / 1000;
    if (level < 1) {
      refused.push(seconds);
      return false;
    }
    level -= 1;
    accepted.push(seconds);
    return true;
  };

  const events: { at: number; run: () => Promise<void> }[] = [];
  const at = (ms: number, run: () => Promise<void>): void => {
    events.push({ at: ms, run });
    events.sort((one, other) => one.at - other.at);
  };
  const claim = async (): Promise<void> => {
    const grant = await pacing.take('other', given.claim ?? 50);
    if (!isGranted(grant)) return at(now + Math.min(grant.waitMs, 1000) + 1, claim);
    const firstAt = now + grant.startsInMs;
    let yes = 0;
    const copy = async (index: number): Promise<void> => {
      const isAccepted = asked();
      at(now + given.latencyMs, async () => {
        if (isAccepted && grant.isCounted) {
          await pacing.note(grant, { accepted: 1, isAnswered: true, unused: 0, random: 0.5 });
        } else if (isAccepted) yes++;
        const isLast = index + 1 === grant.copies;
        if (!isAccepted || isLast) {
          const unused = grant.copies - index - 1;
          const event = isAccepted ? {} : { event: 'relay-rate' as const };
          await pacing.note(grant, { accepted: yes, isAnswered: true, unused, random: 0.5, ...event });
          return await claim();
        }
        at(Math.max(now, firstAt + (index + 1) * grant.spacingMs), () => copy(index + 1));
      });
    };
    at(firstAt, () => copy(0));
  };
  for (let index = 0; index < given.connections; index++) at(now, claim);
  for (let next = events.shift(); next && next.at < beganAt + given.seconds * 1000; next = events.shift()) {
    now = next.at;
    await next.run();
  }
  return { accepted, refused };
}

/** The share of what the relay allows that was used from `from` to `to`, in seconds. */
export function usedShare({ accepted }: Simulated, rate: number, from: number, to: number): number {
  return accepted.filter((at) => at >= from && at < to).length / (rate * (to - from));
}
