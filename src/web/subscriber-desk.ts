/** What the subscriber pages need of the rest of the house. */
import type { Subscriber } from '../../subscribers/subscriber.ts';
import type { PreferencesChoice } from './preferences-form.ts';

/** What a link in a mail may be used for; a token is good for one purpose. */
export type LinkPurpose = 'preferences' | 'unsubscribe';

/** Whom a token was made for, and in a mail of which newsletter. */
export interface LinkHolder {
  readonly sid: number;
  readonly newsletter: string;
}

/** The part of a subscriber that pages show. */
export type PageSubscriber = Pick<
  Subscriber,
  'address' | 'state' | 'memberships' | 'topics' | 'frequency' | 'language' | 'timezone' | 'hour'
>;

export interface SubscriberDesk {
  /** Null when the token is not ours, not for this purpose, or its key is gone. Needs no Redis, tells nobody why. */
  verify(purpose: LinkPurpose, token: string): LinkHolder | null | Promise<LinkHolder | null>;
  /** Null when they were forgotten. */
  get(sid: number): Promise<PageSubscriber | null>;
  changePreferences(sid: number, choice: PreferencesChoice): Promise<void>;
  /** No newsletter is sent to them until they resume; what they chose is kept. */
  pause(sid: number): Promise<void>;
  resume(sid: number): Promise<void>;
  /**
   * Resolves once leaving is on disk, also when Redis is down; twice is the same as once; of no one left, too.
   * @throws only when it could not be noted anywhere
   */
  leave(sid: number, newsletter: string): Promise<void>;
  /** False when the address must not be mailed again (suppressed or forgotten). */
  rejoin(sid: number, newsletter: string): Promise<boolean>;
}

/** Newsletters as pages name them. */
export interface NamedNewsletter {
  readonly id: string;
  readonly name: string;
  readonly language: 'zh' | 'en';
  readonly theme?: { readonly logo?: { readonly url: string } };
}
