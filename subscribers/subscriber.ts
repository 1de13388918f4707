/** A person who gets the mail: address, state, memberships and preferences. No two share an address. */
import type { Preferences } from './preferences.ts';

/**
 * `pending`: no consent yet. `active`: mailed. `paused`: wants no mail for now. `suppressed`: the address must not be
 * mailed again. Only `active` subscribers are eligible for an issue.
 */
export type SubscriberState = 'pending' | 'active' | 'paused' | 'suppressed';

export interface Membership {
  readonly state: 'subscribed' | 'left';
  /** ISO 8601, when the state was entered. */
  readonly since: string;
  /** The consent text they agreed to; null when none was recorded. */
  readonly consent: string | null;
}

export interface Subscriber extends Preferences {
  /** Positive, given in order of arrival, never used twice; small, because ledgers are arrays by sid. */
  readonly sid: number;
  /** Random and unguessable; the only id of a person that a page or an URL may show. */
  readonly publicId: string;
  /** As typed. Identity is the case-folded form; see `address.ts`. */
  readonly address: string;
  /** Empty when unknown. */
  readonly name: string;
  readonly state: SubscriberState;
  /** By newsletter id. */
  readonly memberships: Readonly<Record<string, Membership>>;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Bounces of the address are remembered: an accepted copy has to be told to the store. Absent: none are. */
  readonly hasBounced?: true;
}
