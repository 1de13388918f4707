/** The arithmetic of limits, in simulated time: the scripts and Redis are real, clock, workers and relay are not. */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLanes } from '../../src/pacing/lanes.ts';
import { createPacing, type Grant, isGranted, type Pacing } from '../../src/pacing/pacing.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { simulate, usedShare } from './simulate.ts';

let server: TestRedis;
let now = 0;

beforeAll(async () => {
  server = await startTestRedis(['--appendfsync', 'no']);
});
afterAll(async () => {
  await server.stop();
});
beforeEach(async () => {
  await server.redis.flushall();
  now = 1_700_000_000_000;
});

function pacing(perMinute?: number, lanePerMinute?: number): Pacing {
  return createPacing({
    redis: server.redis,
    now: () => now,
    lanes: createLanes(
      lanePerMinute === undefined ? [] : [{ id: 'google', domains: [], perMinute: lanePerMinute }],
    ),
    relays: [{ id: 'r1', name: 'one', ...(perMinute === undefined ? {} : { perMinute }) }],
  });
}

async function granted(from: Pacing, lane = 'other', want = 50): Promise<Grant> {
  const answer = await from.take(lane, want);
  if (!isGranted(answer)) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return answer;
}

/** When each copy of a grant may go, in ms. */
const slotsOf = ({ copies, startsInMs, spacingMs }: Grant): number[] =>
  Array.from({ length: copies }, (_, index) => now + startsInMs + index * spacingMs);

describe('the slots of a limited relay', () => {
  it('never overlap, whoever takes how many and when: in no stretch of time more than its rate and the little credit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 60, max: 60_000 }),
        fc.array(
          fc.record({ later: fc.integer({ min: 0, max: 400 }), want: fc.integer({ min: 1, max: 50 }) }),
          {
            minLength: 5,
            maxLength: 60,
          },
        ),
        async (perMinute, steps) => {
          await server.redis.flushall();
          const workers = [pacing(perMinute), pacing(perMinute)];
          const slots: number[] = [];
          for (const [index, { later, want }] of steps.entries()) {
            now += later;
            const answer = await workers[index % 2]!.take('other', want);
            if (isGranted(answer)) slots.push(...slotsOf(answer));
          }
          slots.sort((one, other) => one - other);
          const perMs = perMinute / 60_000;
          for (let from = 0; from < slots.length; from += 3) {
            for (let to = from; to < slots.length; to += 5) {
              const allowed = (slots[to]! - slots[from]! + 100) * perMs + 2;
              expect(to - from).toBeLessThanOrEqual(allowed);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('follow without a gap while somebody asks', async () => {
    const one = pacing(6_000);
    let copies = 0;
    let last = 0;
    const beganAt = now;
    while (now < beganAt + 20_000) {
      const answer = await one.take('other', 50);
      if (isGranted(answer)) {
        copies += answer.copies;
        last = slotsOf(answer).at(-1) ?? last;
      } else now += answer.waitMs;
    }
    expect(copies / ((last - beganAt) / 1000)).toBeGreaterThan(99);
  });

  it('that no copy used are given back', async () => {
    const one = pacing(600);
    await granted(one);
    await granted(one);
    const third = await granted(one);
    expect(third).toMatchObject({ copies: 1, startsInMs: 100 });
    await one.note(third, { accepted: 0, isAnswered: false, unused: 1, random: 0 });
    expect((await granted(one)).startsInMs).toBe(100);
    expect((await granted(one)).startsInMs).toBe(200);
  });

  it('of a very slow one are reserved one by one, so that none is lost', async () => {
    const one = pacing(6);
    expect((await granted(one)).startsInMs).toBe(0);
    expect((await granted(one)).startsInMs).toBe(9_900);
    expect(await one.take('other', 50)).toMatchObject({ because: 'rate', waitMs: 4_900 });
  });

  it('do not limit a relay of which nothing is known', async () => {
    expect(await granted(pacing())).toMatchObject({ copies: 50, startsInMs: 0, spacingMs: 0 });
    expect(await server.redis.keys('*')).toEqual([]);
  });
});

describe('a limited lane', () => {
  it('leaves the relay and the other lanes alone', async () => {
    const one = pacing(undefined, 60);
    await granted(one, 'google');
    await granted(one, 'google');
    expect(await one.take('google', 50)).toMatchObject({ because: 'lane' });
    expect(await granted(one, 'qq')).toMatchObject({ copies: 50, startsInMs: 0 });
  });

  it('takes nothing of a limited relay when it has nothing to give', async () => {
    const one = pacing(600, 6);
    await granted(one, 'google');
    await granted(one, 'google');
    for (let turn = 0; turn < 20; turn++)
      expect(await one.take('google', 50)).toMatchObject({ because: 'lane' });
    expect((await granted(one, 'qq')).startsInMs).toBeLessThanOrEqual(200);
  });

  it('rests and halves when it is said to be too fast, and grows back, never above what is configured', async () => {
    const one = pacing(undefined, 600);
    const grant = await granted(one, 'google');
    await one.note(grant, { accepted: 0, isAnswered: true, unused: 0, random: 0, event: 'lane-rate' });
    expect(await one.take('google', 50)).toMatchObject({ because: 'lane', waitMs: 10_000 });
    now += 10_001;
    const slow = await granted(one, 'google');
    expect(slow.spacingMs).toBeGreaterThan(150);
    for (let second = 0; second < 200; second++) {
      now += 1_000;
      const later = await granted(one, 'google');
      expect(later.spacingMs).toBeGreaterThanOrEqual(99.9);
    }
    now += 1_000;
    expect((await granted(one, 'google')).spacingMs).toBe(100);
  });

  it('never falls to nothing, and is counted once for refusals that come together', async () => {
    const one = pacing();
    const grant = await granted(one, 'qq');
    for (let reply = 0; reply < 30; reply++)
      await one.note(grant, { accepted: 0, isAnswered: true, unused: 0, random: 0, event: 'lane-rate' });
    now += 10_001;
    expect((await granted(one, 'qq')).spacingMs).toBeLessThanOrEqual(5_001);
  });

  it('is held when one in five, and ten at least, are refused for what the provider thinks of us; for longer each time', async () => {
    const one = pacing();
    const verdict = { accepted: 0, isAnswered: true, unused: 0, random: 0, event: 'verdict' as const };
    const grant = await granted(one, 'yahoo');
    await one.note(grant, { ...verdict, event: undefined, accepted: 30 } as never);
    const held: boolean[] = [];
    for (let reply = 0; reply < 10; reply++) held.push((await one.note(grant, verdict)).isLaneHeldNow);
    expect(held).toEqual([...Array(9).fill(false), true]);
    expect(await one.take('yahoo', 1)).toMatchObject({ because: 'lane', waitMs: 15 * 60_000 });
    expect(isGranted(await one.take('google', 1))).toBe(true);
    now += 15 * 60_000 + 1;
    let last = { isLaneHeldNow: false, laneHeldMs: 0 };
    for (let reply = 0; reply < 10; reply++) last = await one.note(grant, verdict);
    expect(last).toMatchObject({ isLaneHeldNow: true, laneHeldMs: 30 * 60_000 });
  });

  it('is not held by a few verdicts among many that were accepted', async () => {
    const one = pacing();
    const grant = await granted(one, 'yahoo');
    await one.note(grant, { accepted: 1_000, isAnswered: true, unused: 0, random: 0, event: 'verdict' });
    for (let reply = 0; reply < 40; reply++) {
      await one.note(grant, { accepted: 10, isAnswered: true, unused: 0, random: 0, event: 'verdict' });
    }
    expect(isGranted(await one.take('yahoo', 1))).toBe(true);
  });
});

describe('a relay that queues and has a limit nobody told us', () => {
  it.each([
    { rate: 50, burst: 50, connections: 10, latencyMs: 5 },
    { rate: 14, burst: 14, connections: 10, latencyMs: 80 },
    { rate: 50, burst: 3, connections: 10, latencyMs: 5 },
    { rate: 50, burst: 400, connections: 20, latencyMs: 30 },
    { rate: 200, burst: 200, connections: 20, latencyMs: 20 },
    { rate: 50, burst: 'window', connections: 10, latencyMs: 5 },
    { rate: 200, burst: 'window', connections: 20, latencyMs: 20 },
    { rate: 50, burst: 50, connections: 10, latencyMs: 150 },
  ] as const)('is used to 98 % of it and never says no after the first minute: %o', async (relay) => {
    const seen = await simulate(server.redis, { ...relay, seconds: 150 });
    expect(seen.refused.filter((at) => at >= 60)).toEqual([]);
    expect(seen.refused.length).toBeGreaterThan(0);
    expect(usedShare(seen, relay.rate, 60, 150)).toBeGreaterThanOrEqual(0.98);
  });

  it('is found out too when we were told a limit that is too high', async () => {
    const seen = await simulate(server.redis, {
      rate: 50,
      burst: 50,
      connections: 10,
      latencyMs: 5,
      seconds: 120,
      perMinute: 6_000,
    });
    expect(seen.refused.filter((at) => at >= 60)).toEqual([]);
    expect(usedShare(seen, 50, 60, 120)).toBeGreaterThanOrEqual(0.98);
  });

  it('never says no when we were told', async () => {
    const seen = await simulate(server.redis, {
      rate: 50,
      burst: 50,
      connections: 10,
      latencyMs: 5,
      seconds: 60,
      perMinute: 3_000,
    });
    expect(seen.refused).toEqual([]);
    expect(usedShare(seen, 50, 10, 60)).toBeGreaterThanOrEqual(0.98);
  });
});
