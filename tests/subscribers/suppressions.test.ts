import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type OpenStore, openStore } from './open-store.ts';

let open: OpenStore;
beforeAll(async () => {
  open = await openStore();
});
beforeEach(async () => {
  await open.redis.flushall();
});
afterAll(() => open.stop());

const ann = { address: 'Ann@Example.com', name: 'Ann Lee', state: 'active', consent: 'Yes.' } as const;

describe('a suppression', () => {
  it('blocks a subscriber at once, and lifting it gives back the state they had', async () => {
    await open.store.upsert(ann);
    await open.store.pause(1);
    const { suppression, sid } = await open.store.suppress('ann@example.COM', {
      reason: 'bounce',
      evidence: '550 5.1.1 no such user',
    });
    expect(sid).toBe(1);
    expect(suppression).toEqual({
      address: 'ann@example.com',
      reason: 'bounce',
      since: new Date(open.clock.now).toISOString(),
      evidence: '550 5.1.1 no such user',
    });
    expect(await open.bits(1)).toBe('blocked');
    expect((await open.store.resume(1)).state).toBe('suppressed');
    expect(await open.store.unsuppress('ANN@example.com')).toBe(true);
    expect((await open.store.get(1))?.state).toBe('active');
    expect(await open.bits(1)).toBe('daily-en:daily daily-zh:daily');
    expect(await open.store.unsuppress('ANN@example.com')).toBe(false);
  });

  it('of an address that nobody has holds when someone comes with it', async () => {
    expect((await open.store.suppress('ann@example.com', { reason: 'operator' })).sid).toBeNull();
    expect(await open.store.upsert(ann)).toMatchObject({
      outcome: 'added',
      subscriber: { state: 'suppressed' },
    });
    expect(await open.bits(1)).toBe('blocked');
    expect(await open.store.upsert(ann)).toMatchObject({ outcome: 'unchanged' });
  });

  it('or an erasure that comes between the look and the write of an import is not overlooked', async () => {
    const { store } = open;
    await Promise.all([store.suppress('ann@example.com', { reason: 'bounce' }), store.upsert(ann)]);
    expect((await store.findByAddress('ann@example.com'))?.state).toBe('suppressed');
    await Promise.all([
      store.forget('ben@example.com'),
      store.upsert({ ...ann, address: 'ben@example.com' }),
    ]);
    expect(await store.findByAddress('ben@example.com')).toBeNull();
  });

  it('gives way to a stronger reason only', async () => {
    const suppress = (reason: 'bounce' | 'complaint' | 'operator') =>
      open.store.suppress('ann@example.com', { reason }).then(({ suppression }) => suppression.reason);
    expect(await suppress('bounce')).toBe('bounce');
    expect(await suppress('complaint')).toBe('complaint');
    expect(await suppress('bounce')).toBe('complaint');
    expect(await suppress('operator')).toBe('complaint');
  });

  it('is found again in a list, by time, domain and reason, and lifted in bulk', async () => {
    await open.store.upsert(ann);
    await open.store.suppress('ann@example.com', { reason: 'bounce' });
    open.clock.now += 60_000;
    const later = new Date(open.clock.now).toISOString();
    await open.store.suppress('ben@example.com', { reason: 'complaint' });
    await open.store.suppress('eve@sub.example.com', { reason: 'bounce' });
    await open.store.forget('joe@example.com');
    const addresses = async (filter: object) =>
      (await open.store.listSuppressions(filter)).map(({ address }) => address).sort();
    expect(await addresses({})).toEqual(['ann@example.com', 'ben@example.com', 'eve@sub.example.com', null]);
    expect(await addresses({ since: later })).toEqual(['ben@example.com', 'eve@sub.example.com', null]);
    expect(await addresses({ domain: 'Example.com' })).toEqual(['ann@example.com', 'ben@example.com']);
    expect(await addresses({ reason: 'bounce' })).toEqual(['ann@example.com', 'eve@sub.example.com']);

    const lifted = await open.store.unsuppressWhere({ reason: 'bounce', domain: 'example.com' });
    expect(lifted.map(({ address }) => address)).toEqual(['ann@example.com']);
    expect((await open.store.get(1))?.state).toBe('active');
    await open.store.unsuppressWhere({ since: '2020-01-01' });
    expect(await addresses({})).toEqual([null]);
    await expect(open.store.unsuppressWhere({})).rejects.toMatchObject({ code: 'usage' });
  });

  it('does not show the address in the name of its field', async () => {
    await open.store.suppress('ann@example.com', { reason: 'bounce' });
    const [field = ''] = await open.redis.hkeys('{paperboy}:suppressions');
    expect(field).toMatch(/^[\w-]{43}$/);
  });
});

describe('forgetting', () => {
  it('removes every trace of the person and keeps the gate shut', async () => {
    await open.store.upsert(ann);
    await open.store.leave(1, 'daily-en');
    await open.store.suppress('ann@example.com', { reason: 'complaint', evidence: 'from Ann@Example.com' });
    const publicId = (await open.store.get(1))?.publicId ?? '';
    expect(await open.store.forget('ANN@example.com')).toEqual({ sid: 1, suppression: true });
    const dump = (await open.dump()).toLowerCase();
    expect(dump).toContain('forgotten');
    for (const trace of ['ann', 'example.com', publicId]) expect(dump).not.toContain(trace);
    expect(await open.bits(1)).toBe('blocked');
    expect(await open.store.get(1)).toBeNull();
    expect(await open.store.findByAddress('ann@example.com')).toBeNull();
  });

  it('outlasts an import, until the suppression of the address is lifted; the sid is never used again', async () => {
    await open.store.upsert(ann);
    await open.store.forget(ann.address);
    expect(await open.store.upsert(ann)).toEqual({ outcome: 'refused', reason: 'forgotten' });
    expect(await open.store.count()).toBe(0);
    expect((await open.dump()).toLowerCase()).not.toContain('example.com');
    expect((await open.store.findSuppression(ann.address))?.reason).toBe('forgotten');

    expect(await open.store.unsuppress(ann.address)).toBe(true);
    expect(await open.store.upsert(ann)).toMatchObject({
      outcome: 'added',
      subscriber: { sid: 2, state: 'active' },
    });
    expect(await open.bits(1)).toBe('blocked');
    expect(await open.bits(2)).toBe('daily-en:daily daily-zh:daily');
  });

  it('is done once, also of an address that nobody has', async () => {
    expect(await open.store.forget('joe@example.com')).toEqual({ sid: null, suppression: false });
    const [first] = await open.store.listSuppressions();
    open.clock.now += 1000;
    await open.store.forget('joe@example.com');
    expect(await open.store.listSuppressions()).toEqual([first]);
    await open.store.suppress('joe@example.com', { reason: 'complaint' });
    expect(await open.store.listSuppressions()).toEqual([first]);
  });
});
