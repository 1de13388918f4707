/** A subscriber as Redis keeps it: JSON, with consent texts by id; and the bitmaps' bits, which follow from it. */
import { createHash } from 'node:crypto';
import type { BounceFact } from './bounce-policy.ts';
import type { Frequency } from './preferences.ts';
import { frequencies } from './preferences.ts';
import type { Membership, Subscriber, SubscriberState } from './subscriber.ts';

/**
 * What is stored is facts; the state follows from them (`stateOf`). So lifting a suppression or a pause restores what
 * was before it, whatever else changed meanwhile.
 */
export interface SubscriberRecord extends Omit<Subscriber, 'sid' | 'state' | 'hasBounced'> {
  /** As a subscriber's, but `consent` is a consent id. */
  readonly memberships: Readonly<Record<string, Membership>>;
  /** Consent was given: they are no longer `pending`. */
  readonly confirmed: boolean;
  readonly paused: boolean;
  readonly suppressed: boolean;
  /** ISO 8601: when a pause or suppression was last lifted; absent: none was. Departures before it are no more. */
  readonly returnedAt?: string;
  /** What the bounce policy remembers, earliest first; absent when there is nothing, as of nearly everybody. */
  readonly bounces?: readonly BounceFact[];
}

export function stateOf(record: SubscriberRecord): SubscriberState {
  if (record.suppressed) return 'suppressed';
  if (record.paused) return 'paused';
  return record.confirmed ? 'active' : 'pending';
}

/** @param consents id → text; an id that is missing there stands for itself */
export function toSubscriber(sid: number, record: SubscriberRecord, consents: Consents): Subscriber {
  const { confirmed: _, paused: __, suppressed: ___, returnedAt: ____, bounces, ...shared } = record;
  return {
    sid,
    state: stateOf(record),
    ...shared,
    memberships: withTexts(record.memberships, consents),
    ...(bounces === undefined ? {} : { hasBounced: true }),
  };
}

/** The record with another memory of bounces; an empty one is none. */
export function withBounces(record: SubscriberRecord, bounces: readonly BounceFact[]): SubscriberRecord {
  const { bounces: _, ...rest } = record;
  return bounces.length === 0 ? rest : { ...rest, bounces };
}

/** Whether mail of this newsletter goes to them. */
export function isEligible(subscriber: Subscriber, newsletter: string): boolean {
  return subscriber.state === 'active' && subscriber.memberships[newsletter]?.state === 'subscribed';
}

/** Consent id → text. */
export type Consents = ReadonlyMap<string, string>;

/** A short id that the same text always has: 16 hex digits of its SHA-256. */
export function consentIdOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The consent ids of a record; an id may come twice. */
export function consentIdsOf({ memberships }: SubscriberRecord): string[] {
  return Object.values(memberships).flatMap(({ consent }) => (consent === null ? [] : [consent]));
}

export function encodeRecord(record: SubscriberRecord): string {
  return JSON.stringify(record);
}

export function parseRecord(text: string): SubscriberRecord {
  return JSON.parse(text) as SubscriberRecord;
}

/** `blocked`, then for each newsletter `left` and one for each frequency: `bitsOf` gives them in this order. */
export interface BitmapKeys {
  readonly blocked: string;
  left(newsletter: string): string;
  eligible(newsletter: string, frequency: Frequency): string;
}

export function bitmapKeysOf(newsletters: readonly string[], keys: BitmapKeys): string[] {
  return [
    keys.blocked,
    ...newsletters.flatMap((newsletter) => [
      keys.left(newsletter),
      ...frequencies.map((frequency) => keys.eligible(newsletter, frequency)),
    ]),
  ];
}

/** One character, `0` or `1`, a bitmap. `null` is a forgotten subscriber: blocked for ever, and nothing else. */
export function bitsOf(record: SubscriberRecord | null, newsletters: readonly string[]): string {
  if (record === null) return `1${'0'.repeat(newsletters.length * (1 + frequencies.length))}`;
  const active = stateOf(record) === 'active';
  let bits = record.suppressed || record.paused ? '1' : '0';
  for (const newsletter of newsletters) {
    const state = record.memberships[newsletter]?.state;
    bits += state === 'left' ? '1' : '0';
    for (const frequency of frequencies) {
      bits += active && state === 'subscribed' && record.frequency === frequency ? '1' : '0';
    }
  }
  return bits;
}

function withTexts(
  memberships: Readonly<Record<string, Membership>>,
  consents: Consents,
): Record<string, Membership> {
  const resolved: Record<string, Membership> = {};
  for (const newsletter in memberships) {
    const membership = memberships[newsletter];
    if (membership === undefined) continue;
    const { state, since, consent } = membership;
    resolved[newsletter] = {
      state,
      since,
      consent: consent === null ? null : (consents.get(consent) ?? consent),
    };
  }
  return resolved;
}
