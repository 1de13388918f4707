/** A subscriber as the command line prints it: the keys are a contract. */
import type { TopicChoice } from './preferences.ts';
import type { Membership, Subscriber } from './subscriber.ts';

export interface SubscriberJson {
  readonly sid: number;
  readonly address: string;
  readonly state: string;
  /** By newsletter id. */
  readonly memberships: Readonly<Record<string, Membership>>;
  readonly topics: TopicChoice;
  readonly frequency: string;
  readonly language: string;
  readonly timezone: string;
  readonly hour: number;
  /** The latest text they agreed to among the newsletters they are subscribed to; null when there is none. */
  readonly consent: string | null;
}

export function describeSubscriber(subscriber: Subscriber): SubscriberJson {
  const { sid, address, state, memberships, topics, frequency, language, timezone, hour } = subscriber;
  const consent = latestConsentOf(memberships);
  return { sid, address, state, memberships, topics, frequency, language, timezone, hour, consent };
}

function latestConsentOf(memberships: Readonly<Record<string, Membership>>): string | null {
  const agreed = Object.values(memberships).filter(
    ({ state, consent }) => state === 'subscribed' && consent !== null,
  );
  return agreed.sort((one, other) => other.since.localeCompare(one.since))[0]?.consent ?? null;
}
