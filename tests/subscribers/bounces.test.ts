import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keys } from '../../src/redis/keys.ts';
import type { Bounce } from '../../subscribers/bounces.ts';
import { type OpenStore, openStore } from './open-store.ts';

let open: OpenStore;
beforeAll(async () => {
  open = await openStore();
});
beforeEach(async () => {
  await open.redis.flushall();
  open.clock.now = start;
  await open.store.upsert({ address: 'Ann@Example.com', state: 'active', consent: 'Yes.' });
});
afterAll(() => open.stop());

const start = Date.parse('2026-02-03T04:05:06Z');
const dayMs = 24 * 60 * 60_000;
const mailed = 'daily-en:daily daily-zh:daily';

function onDay(day: number): void {
  open.clock.now = start + day * dayMs;
}

/** Ann's copy of the day's issue bounces. */
async function bounce(found: Bounce['class'], more: Partial<Bounce> = {}) {
  const issue = `daily-en-${new Date(open.clock.now).toISOString().slice(0, 10)}`;
  return await open.store.noteBounce(1, {
    class: found,
    issue,
    lane: 'other',
    evidence: '550 5.1.1 no such user',
    ...more,
  });
}

/** What publishing does before it looks who is eligible. */
async function publish(): Promise<string> {
  await open.store.liftProvisional();
  return await open.bits(1);
}

describe('a bounce', () => {
  it('for no such mailbox blocks the address for three days, tries it once more, and then for good', async () => {
    expect((await bounce('no-mailbox')).decision.kind).toBe('provisional');
    expect(await open.bits(1)).toBe('blocked');
    expect(await open.store.findSuppression('ann@example.com')).toEqual({
      address: 'ann@example.com',
      reason: 'bounce',
      since: '2026-02-03T04:05:06.000Z',
      until: '2026-02-06T04:05:06.000Z',
      evidence: '550 5.1.1 no such user',
    });
    onDay(2.9);
    expect(await publish()).toBe('blocked');
    onDay(3);
    expect(await publish()).toBe(mailed);
    expect(await open.store.findSuppression('ann@example.com')).toBeNull();
    expect((await open.store.get(1))?.state).toBe('active');

    expect((await bounce('no-mailbox', { evidence: '550 5.1.1 again' })).decision).toEqual({ kind: 'firm' });
    expect(await open.store.findSuppression('ann@example.com')).toMatchObject({
      evidence: '550 5.1.1 again',
    });
    expect(await open.store.findSuppression('ann@example.com')).not.toHaveProperty('until');
    onDay(400);
    expect(await publish()).toBe('blocked');
  });

  it('after an accepted copy begins anew', async () => {
    await bounce('no-mailbox');
    onDay(4);
    await publish();
    expect((await open.store.get(1))?.hasBounced).toBe(true);
    await open.store.noteAccepted(1, 'daily-en-2026-02-07');
    onDay(5);
    expect((await bounce('no-mailbox')).decision.kind).toBe('provisional');
  });

  it('is forgotten when an accepted copy was not reported back', async () => {
    await bounce('disabled');
    onDay(1);
    await open.store.noteAccepted(1, 'daily-en-2026-02-04');
    onDay(6.5);
    await open.store.noteAccepted(1, 'daily-en-2026-02-09');
    expect(await open.store.get(1)).not.toHaveProperty('hasBounced');
  });

  it('leaves no trace in who never bounced, and an accepted copy writes nothing of them', async () => {
    const before = await open.dump();
    await open.store.noteAccepted(1, 'daily-en-2026-02-03');
    await open.store.noteAccepted(99, 'daily-en-2026-02-03');
    expect(await open.dump()).toBe(before);
    expect(await open.store.get(1)).not.toHaveProperty('hasBounced');
    expect(await open.store.get(1)).not.toHaveProperty('bounces');
  });

  it('for a full mailbox pauses the reader in the end, who may come back and is not paused at once again', async () => {
    for (const day of [0, 4, 8, 12]) {
      onDay(day);
      expect((await bounce('mailbox-full')).decision.kind).toBe('none');
      expect(await open.bits(1)).toBe(mailed);
    }
    onDay(14);
    expect((await bounce('mailbox-full')).decision.kind).toBe('pause');
    expect((await open.store.get(1))?.state).toBe('paused');
    expect(await open.bits(1)).toBe('blocked');
    await open.store.resume(1);
    onDay(15);
    expect((await bounce('mailbox-full')).decision.kind).toBe('none');
    expect(await open.bits(1)).toBe(mailed);
  });

  it('neither weakens nor lifts a suppression that stands for another reason', async () => {
    await bounce('no-mailbox');
    await open.store.suppress('ann@example.com', { reason: 'complaint' });
    onDay(4);
    expect(await publish()).toBe('blocked');
    expect((await bounce('no-mailbox')).decision.kind).toBe('none');
    expect((await open.store.findSuppression('ann@example.com'))?.reason).toBe('complaint');
    expect(await publish()).toBe('blocked');
  });

  it('is not lifted together with a complaint that comes just then', async () => {
    await bounce('no-mailbox');
    onDay(4);
    await Promise.all([
      open.store.liftProvisional(),
      open.store.suppress('ann@example.com', { reason: 'complaint' }),
    ]);
    expect((await open.store.findSuppression('ann@example.com'))?.reason).toBe('complaint');
    expect(await open.bits(1)).toBe('blocked');
  });

  it('that an operator takes for final ends the provisional state', async () => {
    await bounce('no-mailbox');
    await open.store.suppress('ann@example.com', { reason: 'bounce', evidence: 'by hand' });
    onDay(4);
    expect(await publish()).toBe('blocked');
    expect(await open.store.findSuppression('ann@example.com')).toMatchObject({ evidence: 'by hand' });
  });

  it('is forgotten with the suppression that somebody lifts', async () => {
    await bounce('no-mailbox');
    await open.store.unsuppress('ann@example.com');
    expect(await open.bits(1)).toBe(mailed);
    onDay(4);
    expect((await bounce('no-mailbox')).decision.kind).toBe('provisional');
    await open.store.unsuppressWhere({ reason: 'bounce' });
    onDay(8);
    expect((await bounce('no-mailbox')).decision.kind).toBe('provisional');
    expect(await open.redis.zcard(keys.provisional)).toBe(1);
  });

  it('of who was forgotten changes nothing, and forgetting leaves nothing of it', async () => {
    await bounce('no-mailbox', { evidence: 'ann@example.com: unknown' });
    await open.store.forget('ann@example.com');
    onDay(4);
    expect(await publish()).toBe('blocked');
    expect((await bounce('no-mailbox')).decision.kind).toBe('none');
    await open.store.noteAccepted(1, 'daily-en-2026-02-07');
    const dump = (await open.dump()).toLowerCase();
    expect(dump).not.toContain('ann@');
    expect(await open.redis.exists(keys.provisional)).toBe(0);
    expect(await open.bits(1)).toBe('blocked');
  });

  it('is kept with what else changes at the same time', async () => {
    await Promise.all([
      bounce('disabled'),
      open.store.changePreferences(1, { hour: 11 }),
      bounce('mailbox-full'),
      open.store.leave(1, 'daily-zh'),
    ]);
    expect(await open.store.get(1)).toMatchObject({ hour: 11, hasBounced: true });
    expect(await open.bits(1)).toBe('daily-en:daily left:daily-zh');
  });

  it('does not change what the reader left or paused', async () => {
    await open.store.pause(1);
    await bounce('no-mailbox');
    onDay(3);
    expect(await publish()).toBe('blocked');
    expect((await open.store.get(1))?.state).toBe('paused');
  });

  it('outlives an import of the same address', async () => {
    await bounce('no-mailbox');
    await open.store.upsert({ address: 'ann@example.com', state: 'active', consent: 'Again.' });
    expect(await open.bits(1)).toBe('blocked');
    onDay(3);
    await publish();
    expect((await bounce('no-mailbox')).decision.kind).toBe('firm');
  });

  it('is taken by a full Redis', async () => {
    await open.redis.config('SET', 'maxmemory', '1');
    try {
      await open.store.countTried('other', 50);
      expect((await bounce('no-mailbox')).decision.kind).toBe('provisional');
    } finally {
      await open.redis.config('SET', 'maxmemory', '0');
    }
    expect(await open.bits(1)).toBe('blocked');
  });
});

describe('publishing', () => {
  it('lifts all that are over and no other, more than fit into one command', async () => {
    const inputs = Array.from({ length: 1200 }, (_, n) => ({
      address: `reader-${n}@example.org`,
      state: 'active' as const,
    }));
    for (let first = 0; first < inputs.length; first += 400) {
      await open.store.upsertMany(inputs.slice(first, first + 400));
    }
    await open.store.countTried('other', 1_000_000);
    const early = Array.from({ length: 1100 }, (_, n) => n + 2);
    const gone = (sid: number) =>
      open.store.noteBounce(sid, { class: 'no-mailbox', issue: 'daily-1', lane: 'other', evidence: '' });
    await Promise.all(early.map(gone));
    onDay(2);
    await Promise.all([1150, 1151].map(gone));
    onDay(3);
    expect(await open.store.liftProvisional()).toBe(1100);
    expect(await open.store.liftProvisional()).toBe(0);
    expect(await open.redis.bitcount(keys.blocked)).toBe(2);
    expect(await open.bits(1150)).toBe('blocked');
    expect(await open.redis.zcard(keys.provisional)).toBe(2);
  });
});

describe('an alarm', () => {
  /** So many addresses of one lane are said to be gone, one after the other. */
  async function manyBounce(count: number, lane = 'google', firstSid = 1) {
    const alarms: string[] = [];
    for (let sid = firstSid; sid < firstSid + count; sid++) {
      await open.store.upsert({ address: `reader-${sid}@example.org`, state: 'active' });
      const noted = await open.store.noteBounce(sid, {
        class: 'no-mailbox',
        issue: `daily-en-${lane}`,
        lane,
        evidence: '550 5.1.1',
      });
      alarms.push(noted.alarm);
    }
    return alarms;
  }

  it('holds suppressions back when more than 2 % of a lane, and at least 20, are said to be gone', async () => {
    await open.store.countTried('google', 900);
    const alarms = await manyBounce(25);
    expect(alarms.slice(18, 22)).toEqual(['off', 'raised', 'on', 'on']);
    expect(await open.redis.bitcount(keys.blocked)).toBe(19);
    expect(await open.bits(20)).toBe(mailed);
    expect((await open.store.get(20))?.hasBounced).toBe(true);
    expect(await open.store.bounceAlarms()).toEqual([
      { lane: 'google', since: start, last: start, tried: 900, hard: 25, held: 6, isOn: true },
    ]);
  });

  it('is of one lane, and of none where the share is small', async () => {
    await open.store.countTried('google', 900);
    await open.store.countTried('yahoo', 1500);
    await manyBounce(25);
    expect(new Set(await manyBounce(30, 'yahoo', 101))).toEqual(new Set(['off']));
    expect((await manyBounce(1, 'yahoo', 131))[0]).toBe('raised');
  });

  it('lasts into the next hour, while the count of that hour is still low, and ends when nothing feeds it', async () => {
    await manyBounce(20);
    open.clock.now += 50 * 60_000;
    expect(await manyBounce(1, 'google', 31)).toEqual(['on']);
    open.clock.now += 9 * 60_000;
    expect(await manyBounce(1, 'google', 32)).toEqual(['on']);
    open.clock.now += 61 * 60_000;
    expect(await open.store.bounceAlarms()).toMatchObject([{ isOn: false, held: 3, hard: 21 }]);
    expect(await manyBounce(1, 'google', 33)).toEqual(['off']);
  });

  it('is fed by a late report in the hour of its copy, so that reports of a big issue raise none', async () => {
    await open.store.countTried('google', 10_000);
    const triedAt = open.clock.now;
    open.clock.now += 5 * 60 * 60_000;
    for (let sid = 1; sid <= 60; sid++) {
      const bounce: Bounce = { class: 'disabled', issue: 'daily-1', lane: 'google', evidence: '', triedAt };
      expect((await open.store.noteBounce(sid, bounce)).alarm).toBe('off');
    }
  });

  it('is not raised by full mailboxes', async () => {
    for (let n = 0; n < 40; n++) expect((await bounce('mailbox-full')).alarm).toBe('off');
    expect(await open.store.bounceAlarms()).toEqual([]);
  });

  it('makes what was held back evidence of nothing later on', async () => {
    await manyBounce(20, 'google', 2);
    expect(await open.bits(21)).toBe(mailed);
    onDay(4);
    const noted = await open.store.noteBounce(21, {
      class: 'no-mailbox',
      issue: 'daily-2',
      lane: 'google',
      evidence: '',
    });
    expect(noted.decision.kind).toBe('provisional');
  });
});
