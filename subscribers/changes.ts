/** What can happen to a subscriber, as pure functions from record to record. Doing a thing twice is doing it once. */
import { normalName, normalTopics } from './preference-rules.ts';
import type { Preferences } from './preferences.ts';
import { consentIdOf, encodeRecord, type SubscriberRecord } from './record.ts';
import type { Membership } from './subscriber.ts';

/** What a subscriber may change about themselves. */
export interface PreferencesPatch extends Partial<Preferences> {
  readonly name?: string;
}

export function preferencesChanged(record: SubscriberRecord, patch: PreferencesPatch): SubscriberRecord {
  return {
    ...record,
    name: patch.name === undefined ? record.name : normalName(patch.name),
    topics: normalTopics(patch.topics ?? record.topics),
    frequency: patch.frequency ?? record.frequency,
    format: patch.format ?? record.format,
    language: patch.language ?? record.language,
    timezone: patch.timezone ?? record.timezone,
    hour: patch.hour ?? record.hour,
  };
}

/** Also of a newsletter they never had: so a later import does not subscribe them. */
export function hasLeft(record: SubscriberRecord, newsletter: string, now: string): SubscriberRecord {
  const current = record.memberships[newsletter];
  if (current?.state === 'left') return record;
  const membership = { state: 'left', since: now, consent: current?.consent ?? null } as const;
  return { ...record, memberships: { ...record.memberships, [newsletter]: membership } };
}

/** Their own wish, unlike an import's: it brings back who left. A consent text confirms who was pending. */
export function hasRejoined(
  record: SubscriberRecord,
  newsletter: string,
  consentText: string | null,
  now: string,
): SubscriberRecord {
  const consent = consentIdOrNull(consentText);
  const current = record.memberships[newsletter];
  const membership: Membership =
    current?.state === 'subscribed' ? agreed(current, consent) : { state: 'subscribed', since: now, consent };
  return {
    ...record,
    confirmed: record.confirmed || consent !== null,
    memberships: { ...record.memberships, [newsletter]: membership },
  };
}

/** `after` with its date of change; the very same `before` when nothing differs, which is how no change is told. */
export function changedAt(before: SubscriberRecord, after: SubscriberRecord, now: string): SubscriberRecord {
  if (after === before || encodeRecord(after) === encodeRecord(before)) return before;
  return { ...after, updatedAt: now };
}

/** The text they agreed to first is the one that counts. */
export function agreed(membership: Membership, consent: string | null): Membership {
  return membership.consent === null && consent !== null ? { ...membership, consent } : membership;
}

/** Who agreed to nothing gets no mail until they confirm. */
export function stateByConsent(text: string | null | undefined): 'pending' | 'active' {
  return consentIdOrNull(text) === null ? 'pending' : 'active';
}

/** A text that says nothing is none. */
export function consentIdOrNull(text: string | null | undefined): string | null {
  return text === null || text === undefined || text.trim() === '' ? null : consentIdOf(text);
}
