import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Subscriber } from '../../subscribers/subscriber.ts';
import type { UpsertInput } from '../../subscribers/upsertion.ts';
import { type OpenStore, openStore } from './open-store.ts';

let open: OpenStore;
beforeAll(async () => {
  open = await openStore();
});
beforeEach(async () => {
  await open.redis.flushall();
});
afterAll(() => open.stop());

async function add(address = 'Ann@Example.com', more: Partial<UpsertInput> = {}): Promise<Subscriber> {
  const result = await open.store.upsert({ address, state: 'active', consent: 'Yes, daily.', ...more });
  if (result.outcome === 'refused') throw new Error(`${address} was refused`);
  return result.subscriber;
}

describe('upsert', () => {
  it('adds a newcomer with the defaults, to every newsletter', async () => {
    expect(await open.store.upsert({ address: 'Ann@Example.com', state: 'active', consent: 'Yes.' })).toEqual(
      {
        outcome: 'added',
        subscriber: {
          sid: 1,
          publicId: expect.stringMatching(/^[0-9a-f]{32}$/),
          address: 'Ann@Example.com',
          name: '',
          state: 'active',
          memberships: {
            'daily-en': { state: 'subscribed', since: '2026-02-03T04:05:06.000Z', consent: 'Yes.' },
            'daily-zh': { state: 'subscribed', since: '2026-02-03T04:05:06.000Z', consent: 'Yes.' },
          },
          topics: 'all',
          frequency: 'daily',
          format: 'html',
          language: 'en',
          timezone: 'UTC',
          hour: 8,
          createdAt: '2026-02-03T04:05:06.000Z',
          updatedAt: '2026-02-03T04:05:06.000Z',
        },
      },
    );
    expect(await open.bits(1)).toBe('daily-en:daily daily-zh:daily');
  });

  it('says unchanged the second time, whatever the case of the address, and keeps the first spelling', async () => {
    const first = await add();
    open.clock.now += 1000;
    const again = { address: 'aNN@example.COM', state: 'active', consent: 'Yes, daily.' } as const;
    expect(await open.store.upsert(again)).toEqual({ outcome: 'unchanged', subscriber: first });
  });

  it('changes what is given and keeps what is left out', async () => {
    const first = await add('ann@example.com', { topics: ['policy', 'models', 'policy'], hour: 6 });
    expect(first.topics).toEqual(['models', 'policy']);
    open.clock.now += 1000;
    const { outcome } = await open.store.upsert({
      address: first.address,
      state: 'active',
      frequency: 'weekly',
    });
    const second = await open.store.get(first.sid);
    expect(outcome).toBe('updated');
    expect(second).toEqual({
      ...first,
      frequency: 'weekly',
      updatedAt: new Date(open.clock.now).toISOString(),
    });
    expect(await open.bits(first.sid)).toBe('daily-en:weekly daily-zh:weekly');
  });

  it('takes the defaults given for what a newcomer leaves open, and not for someone known', async () => {
    const defaults = { language: 'zh', timezone: 'Asia/Shanghai', hour: 7 } as const;
    expect(await add('ann@example.com', { hour: 9, defaults })).toMatchObject({ ...defaults, hour: 9 });
    expect(await add('ann@example.com', { defaults: { hour: 3 } })).toMatchObject({ hour: 9 });
  });

  it('never subscribes again who left, not even with a new consent', async () => {
    const { sid } = await add();
    await open.store.leave(sid, 'daily-zh');
    const again = await add('ann@example.com', {
      memberships: ['daily-en', 'daily-zh'],
      consent: 'New text.',
    });
    expect(again.memberships['daily-zh']).toMatchObject({ state: 'left', consent: 'Yes, daily.' });
    expect(await open.bits(sid)).toBe('daily-en:daily left:daily-zh');
  });

  it('makes a pending person active, never an active one pending', async () => {
    const pending = await add('ann@example.com', { state: 'pending', consent: null });
    expect([pending.state, await open.bits(pending.sid)]).toEqual(['pending', '']);
    const confirmed = await add('ann@example.com');
    expect(confirmed).toMatchObject({
      state: 'active',
      memberships: { 'daily-en': { consent: 'Yes, daily.' }, 'daily-zh': { consent: 'Yes, daily.' } },
    });
    expect((await add('ann@example.com', { state: 'pending', consent: null })).state).toBe('active');
  });

  it('keeps the consent they gave first', async () => {
    await add();
    const again = await add('ann@example.com', { consent: 'Another text.' });
    expect(again.memberships['daily-en']?.consent).toBe('Yes, daily.');
  });

  it('makes a name fit for a header line', async () => {
    const { name } = await add('ann@example.com', { name: ' Ann\r\nBcc: b@example.com \u202e李\t梅\0 ' });
    expect(name).toBe('Ann Bcc: b@example.com 李 梅');
  });

  it.each([
    [{ address: 'ann' }, 'address-invalid'],
    [{ memberships: ['weekly-fr'] }, 'newsletter-unknown'],
    [{ timezone: 'Mars/Olympus' }, 'subscriber-invalid'],
    [{ timezone: '+08:00' }, 'subscriber-invalid'],
    [{ hour: 24 }, 'subscriber-invalid'],
    [{ hour: 7.5 }, 'subscriber-invalid'],
    [{ topics: ['Not An Id'] }, 'subscriber-invalid'],
  ])('refuses %j', async (more, code) => {
    await expect(add('ann@example.com', more)).rejects.toMatchObject({ code });
    expect(await open.store.count()).toBe(0);
  });

  it('lets a later input of the same call see what an earlier one did', async () => {
    const results = await open.store.upsertMany([
      { address: 'Ann@example.com', state: 'active', hour: 5 },
      { address: 'ann@EXAMPLE.com', state: 'active', hour: 6 },
      { address: 'ben@example.com', state: 'active' },
      { address: 'ANN@example.com', state: 'active', hour: 6 },
    ]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['added', 'updated', 'added', 'unchanged']);
    expect(await open.store.count()).toBe(2);
  });
});

describe('a subscriber', () => {
  it('leaves one newsletter and comes back to it by their own wish', async () => {
    const { sid } = await add();
    open.clock.now += 1000;
    const left = await open.store.leave(sid, 'daily-en');
    expect(left.memberships['daily-en']).toMatchObject({
      state: 'left',
      since: new Date(open.clock.now).toISOString(),
    });
    open.clock.now += 1000;
    expect(await open.store.leave(sid, 'daily-en')).toEqual(left);
    const back = await open.store.rejoin(sid, 'daily-en', 'I want it back.');
    expect(back.memberships['daily-en']).toMatchObject({ state: 'subscribed', consent: 'I want it back.' });
    expect(await open.bits(sid)).toBe('daily-en:daily daily-zh:daily');
    expect(await open.store.rejoin(sid, 'daily-en', 'Again.')).toEqual(back);
  });

  it('can leave a newsletter they never had, or that is no longer there', async () => {
    const { sid } = await add('ann@example.com', { memberships: ['daily-en'] });
    await open.store.leave(sid, 'daily-zh');
    await open.store.leave(sid, 'gone');
    await add('ann@example.com', { memberships: ['daily-zh'] });
    expect(await open.bits(sid)).toBe('daily-en:daily left:daily-zh');
    expect(await open.redis.getbit('{paperboy}:left:gone', sid)).toBe(1);
  });

  it('is confirmed by rejoining with a consent', async () => {
    const { sid } = await add('ann@example.com', { state: 'pending', consent: null });
    expect((await open.store.rejoin(sid, 'daily-en', 'Yes.')).state).toBe('active');
  });

  it('pauses and resumes, and is then what they were: pending who was pending', async () => {
    for (const state of ['active', 'pending'] as const) {
      const before = await add(`${state}@example.com`, { state });
      const paused = await open.store.pause(before.sid);
      expect([paused.state, await open.bits(before.sid)]).toEqual(['paused', 'blocked']);
      await open.store.pause(before.sid);
      expect((await open.store.resume(before.sid)).state).toBe(state);
      expect(await open.store.resume(before.sid)).toEqual(before);
    }
  });

  it('changes preferences, and the bitmaps follow', async () => {
    const { sid } = await add();
    const changed = await open.store.changePreferences(sid, {
      frequency: 'weekly',
      topics: [],
      hour: 0,
      name: 'Ann',
    });
    expect(changed).toMatchObject({ frequency: 'weekly', topics: [], hour: 0, name: 'Ann' });
    expect(await open.bits(sid)).toBe('daily-en:weekly daily-zh:weekly');
    await expect(open.store.changePreferences(sid, { hour: -1 })).rejects.toMatchObject({
      code: 'subscriber-invalid',
    });
  });

  it('that is not there is named in the error', async () => {
    for (const change of [
      () => open.store.leave(9, 'daily-en'),
      () => open.store.pause(9),
      () => open.store.changePreferences(9, {}),
    ]) {
      await expect(change()).rejects.toMatchObject({
        code: 'subscriber-unknown',
        message: 'there is no subscriber 9',
      });
    }
  });

  it('keeps every one of many changes made at once', async () => {
    const { sid } = await add();
    const { store } = open;
    await Promise.all([
      store.leave(sid, 'daily-en'),
      store.changePreferences(sid, { hour: 3 }),
      store.changePreferences(sid, { topics: ['models'] }),
      store.pause(sid),
      store.leave(sid, 'daily-zh'),
      add('ann@example.com', { name: 'Ann' }),
      store.suppress('ann@example.com', { reason: 'operator' }),
    ]);
    expect(await store.get(sid)).toMatchObject({
      name: 'Ann',
      hour: 3,
      topics: ['models'],
      state: 'suppressed',
      memberships: { 'daily-en': { state: 'left' }, 'daily-zh': { state: 'left' } },
    });
    await store.unsuppress('ann@example.com');
    expect((await store.get(sid))?.state).toBe('paused');
    expect(await open.bits(sid)).toBe('blocked left:daily-en left:daily-zh');
  });
});

describe('reading', () => {
  it('finds a subscriber by address in any case, and by public id', async () => {
    const ann = await add('Ann@例子.测试');
    expect(await open.store.findByAddress('aNN@xn--fsqu00a.XN--0zwm56d')).toEqual(ann);
    expect(await open.store.findByPublicId(ann.publicId)).toEqual(ann);
    expect(await open.store.findByAddress('nobody@example.com')).toBeNull();
    expect(await open.store.findByPublicId('1')).toBeNull();
  });

  it('gives many in the order asked for, null where there is none', async () => {
    await add('a@example.com', { consent: 'Text one.' });
    await add('b@example.com', { consent: 'Text two.' });
    const found = await open.store.getMany([2, 9, 1, 2]);
    expect(found.map((subscriber) => subscriber?.address)).toEqual([
      'b@example.com',
      undefined,
      'a@example.com',
      'b@example.com',
    ]);
    expect(found[0]?.memberships['daily-en']?.consent).toBe('Text two.');
    expect(await open.store.getMany([])).toEqual([]);
  });

  it('reads consent texts that another process interned', async () => {
    await add();
    const other = await openStoreOn(open);
    expect((await other.get(1))?.memberships['daily-en']?.consent).toBe('Yes, daily.');
  });

  it('lists by sid over more than one page, narrowed by newsletter and state', async () => {
    const inputs = Array.from({ length: 1203 }, (_, at) => ({
      address: `reader${at}@example.com`,
      state: at % 2 === 0 ? ('active' as const) : ('pending' as const),
      memberships: at % 3 === 0 ? ['daily-zh'] : ['daily-en'],
    }));
    await open.store.upsertMany(inputs);
    await open.store.forget('reader600@example.com');
    const sids = async (filter: object) => {
      const found: number[] = [];
      for await (const { sid } of open.store.list(filter)) found.push(sid);
      return found;
    };
    const all = await sids({});
    expect(all).toHaveLength(1202);
    expect(all).toEqual(all.toSorted((one, other) => one - other));
    expect(all).not.toContain(601);
    expect(await sids({ newsletter: 'daily-zh', state: 'pending' })).toHaveLength(200);
    expect(await open.store.count({ newsletter: 'daily-zh', state: 'pending' })).toBe(200);
    expect(await open.store.count()).toBe(1202);
  });

  it('counts topics of those who are mailed, and the preference sets they hold', async () => {
    await add('a@example.com', { topics: ['policy', 'models'] });
    await add('b@example.com', { topics: ['models', 'policy'], memberships: ['daily-en'] });
    await add('c@example.com', { topics: ['models'], format: 'text' });
    await add('d@example.com');
    await add('e@example.com', { topics: ['models'], memberships: [] });
    await add('f@example.com', { topics: ['models'], state: 'pending', consent: null });
    await open.store.pause((await add('g@example.com', { topics: ['models'] })).sid);
    await open.store.leave((await add('h@example.com', { topics: ['space'] })).sid, 'daily-en');
    expect(await open.store.topicCounts()).toEqual({
      all: 1,
      chosen: new Map([
        ['models', 3],
        ['policy', 2],
        ['space', 1],
      ]),
    });
    expect(await open.store.distinctPreferenceSets('daily-en')).toEqual([
      { preferenceSet: { topics: ['models', 'policy'], format: 'html' }, count: 2 },
      { preferenceSet: { topics: ['models'], format: 'text' }, count: 1 },
      { preferenceSet: { topics: 'all', format: 'html' }, count: 1 },
    ]);
  });
});

describe('a store', () => {
  it('still has everything after the server was killed', async () => {
    const ann = await add();
    await open.store.leave(ann.sid, 'daily-en');
    await open.crash();
    await open.restart();
    expect((await open.store.get(ann.sid))?.memberships['daily-en']?.state).toBe('left');
    expect(await open.bits(ann.sid)).toBe('left:daily-en daily-zh:daily');
  });
});

async function openStoreOn({ redis }: OpenStore) {
  const { createSubscriberStore } = await import('../../subscribers/store.ts');
  return createSubscriberStore({ redis, newsletters: [], pepper: Buffer.alloc(32), clock: () => 0 });
}
