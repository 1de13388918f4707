import { expect, it } from 'vitest';
import type { Subscriber } from '../../subscribers/subscriber.ts';
import { describeSubscriber } from '../../subscribers/subscriber-json.ts';

const subscriber: Subscriber = {
  sid: 7,
  publicId: 'abcdef',
  address: 'Ann@example.com',
  name: 'Ann',
  state: 'active',
  memberships: {
    'daily-en': { state: 'subscribed', since: '2026-02-01T00:00:00.000Z', consent: 'First text.' },
    'daily-zh': { state: 'subscribed', since: '2026-02-02T00:00:00.000Z', consent: 'Second text.' },
    'weekly-en': { state: 'left', since: '2026-02-03T00:00:00.000Z', consent: 'Third text.' },
  },
  topics: ['models'],
  frequency: 'daily',
  format: 'html',
  language: 'en',
  timezone: 'UTC',
  hour: 8,
  createdAt: '2026-02-01T00:00:00.000Z',
  updatedAt: '2026-02-02T00:00:00.000Z',
};

it('a subscriber is printed with the keys of the contract and the consent given last', () => {
  expect(describeSubscriber(subscriber)).toEqual({
    sid: 7,
    address: 'Ann@example.com',
    state: 'active',
    memberships: subscriber.memberships,
    topics: ['models'],
    frequency: 'daily',
    language: 'en',
    timezone: 'UTC',
    hour: 8,
    consent: 'Second text.',
  });
});

it('a subscriber without consent is printed with null', () => {
  expect(describeSubscriber({ ...subscriber, memberships: {} }).consent).toBeNull();
});
