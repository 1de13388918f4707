/** Relays one after the other, as all workers see them; the clock is the test's. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createLanes } from '../../src/pacing/lanes.ts';
import { createPacing, isGranted, type Pacing, type PacingEvent } from '../../src/pacing/pacing.ts';
import { readPacing } from '../../src/pacing/read-pacing.ts';
import { eachWithRedis } from '../helpers/each-with-redis.ts';
import type { TestRedis } from '../helpers/redis.ts';

let server: TestRedis;
let now = 0;
let worker: Pacing;
let another: Pacing;

eachWithRedis((started) => {
  server = started;
});
beforeEach(async () => {
  now = 1_700_000_000_000;
  const relays = [
    { id: 'r1', name: 'first' },
    { id: 'r2', name: 'second' },
  ];
  const open = () => createPacing({ redis: server.redis, now: () => now, lanes: createLanes(), relays });
  [worker, another] = [open(), open()];
});

/** Index of the relay that a worker may use now, or why none. */
async function relayOf(by: Pacing): Promise<number | string> {
  const answer = await by.take('other', 10);
  return isGranted(answer) ? answer.relay : answer.because;
}

async function note(relay: number, event: PacingEvent | undefined, accepted = 0) {
  const isAnswered = accepted > 0;
  return await worker.note(
    { lane: 'other', relay },
    { accepted, isAnswered, unused: 0, random: 0, ...(event ? { event } : {}) },
  );
}

async function fails(relay: number, times = 3): Promise<void> {
  for (let time = 0; time < times; time++) await note(relay, 'failed');
}

describe('relays', () => {
  it('are used in their order: the first, while it is well', async () => {
    await fails(0, 2);
    await note(0, undefined, 1);
    await fails(0, 2);
    expect(await relayOf(worker)).toBe(0);
  });

  it('fail over for all workers once one has failed three times with no success between', async () => {
    await fails(0);
    expect([await relayOf(worker), await relayOf(another)]).toEqual([1, 1]);
  });

  it('are left alone at the first 421', async () => {
    expect(await note(0, 'unwell')).toMatchObject({ relayHeldMs: 30_000 });
    expect(await relayOf(worker)).toBe(1);
  });

  it('count as one outage what fails together, and are left alone longer each time, five minutes at most', async () => {
    const held: number[] = [];
    for (let outage = 0; outage < 6; outage++) {
      await fails(0, 30);
      const { relayHeldMs } = await note(0, 'failed');
      held.push(relayHeldMs / 1000);
      now += relayHeldMs;
      await worker.take('other', 1);
    }
    expect(held).toEqual([30, 60, 120, 240, 300, 300]);
  });

  it('are tried again by one copy alone, while the others go on elsewhere; a success brings all back', async () => {
    await fails(0);
    now += 30_001;
    const trial = await worker.take('other', 10);
    expect(trial).toMatchObject({ relay: 0, copies: 1 });
    expect([await relayOf(another), await relayOf(worker)]).toEqual([1, 1]);
    await note(0, undefined, 1);
    expect([await relayOf(another), await relayOf(worker)]).toEqual([0, 0]);
  });

  it('are not brought back by a success that was on its way when they failed', async () => {
    await fails(0);
    await note(0, undefined, 5);
    expect(await relayOf(worker)).toBe(1);
  });

  it('let another try when the trial found no copy, or its worker died', async () => {
    await fails(0);
    now += 30_001;
    expect(await relayOf(worker)).toBe(0);
    await worker.note({ lane: 'other', relay: 0 }, { accepted: 0, isAnswered: false, unused: 1, random: 0 });
    expect(await relayOf(another)).toBe(0);
    expect(await relayOf(worker)).toBe(1);
    now += 60_001;
    expect(await relayOf(worker)).toBe(0);
  });

  it('that are all away say when to ask again', async () => {
    await fails(0);
    now += 5_000;
    await fails(1);
    expect(await worker.take('other', 10)).toMatchObject({ because: 'relay', waitMs: 25_000 });
  });

  it('show where they stand', async () => {
    await worker.register();
    await fails(0);
    expect(await readPacing(server.redis, now)).toEqual({
      relays: [
        { relay: 'first', state: 'open', heldUntil: new Date(now + 30_000).toISOString() },
        { relay: 'second', state: 'closed' },
      ],
      lanes: [],
    });
    expect((await readPacing(server.redis, now + 30_000)).relays[0]).toEqual({
      relay: 'first',
      state: 'trial',
    });
  });
});
