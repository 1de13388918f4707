/** Putting someone into the store, newcomer or not, as pure functions: what an import or the command line may do. */
import { PaperboyError } from '../src/core/errors.ts';
import { agreed, changedAt, consentIdOrNull, preferencesChanged } from './changes.ts';
import type { Change, Dossier } from './dossiers.ts';
import { checkPreferences } from './preference-rules.ts';
import type { Preferences } from './preferences.ts';
import type { SubscriberRecord } from './record.ts';
import type { Membership, SubscriberState } from './subscriber.ts';
import type { Suppression } from './suppression.ts';

/** What is known of someone who is to be in the store. What is left out keeps its value, or takes the default. */
export interface UpsertInput extends Partial<Preferences> {
  readonly address: string;
  readonly name?: string;
  /** Newsletters to be subscribed to. Left out: a newcomer gets every newsletter, someone known keeps what they have. */
  readonly memberships?: readonly string[];
  /** The text they agreed to; null or left out when none was recorded. */
  readonly consent?: string | null;
  /**
   * `active` confirms; `pending` does not, and never takes a confirmation back. `paused` and `suppressed` are for a
   * newcomer who was so in the store they come from; of someone known they change nothing.
   */
  readonly state: SubscriberState;
  /** For what is left out of a newcomer. */
  readonly defaults?: Partial<Preferences>;
}

export type UpsertOutcome = 'added' | 'updated' | 'unchanged' | 'refused';

/** What the store knows and an input does not say. */
export interface UpsertContext {
  /** The parsed address. */
  readonly address: string;
  newPublicId(): string;
  readonly newsletters: readonly string[];
  /** ISO 8601 */
  readonly now: string;
}

/** @throws PaperboyError `newsletter-unknown`, `subscriber-invalid` */
export function checkInput(input: UpsertInput, newsletters: readonly string[]): void {
  for (const newsletter of input.memberships ?? []) {
    if (!newsletters.includes(newsletter)) throw unknownNewsletter(newsletter, newsletters);
  }
  checkPreferences(input);
  if (input.defaults) checkPreferences(input.defaults);
}

/** What becomes of an address, and what to call it. Who asked to be forgotten is not stored again. */
export function upsertion(
  dossier: Dossier,
  input: UpsertInput,
  context: UpsertContext,
): Change<UpsertOutcome> {
  const { record, suppression } = dossier;
  if (record !== null) {
    const after = changedAt(record, updated(record, input, context.now), context.now);
    return { after: { record: after, suppression }, outcome: after === record ? 'unchanged' : 'updated' };
  }
  if (suppression?.reason === 'forgotten') return { after: dossier, outcome: 'refused' };
  const standing = suppression ?? (input.state === 'suppressed' ? carriedOver(context) : null);
  const added = { ...newcomer(input, context), suppressed: standing !== null };
  return { after: { record: added, suppression: standing }, outcome: 'added' };
}

export function unknownNewsletter(found: string, newsletters: readonly string[]): PaperboyError {
  return new PaperboyError('newsletter-unknown', `there is no newsletter ${JSON.stringify(found)}`, {
    hint: `Known are: ${newsletters.join(', ')}.`,
  });
}

/** Someone suppressed where they come from is suppressed here as well. */
function carriedOver({ address, now }: UpsertContext): Suppression {
  return {
    address: address.toLowerCase(),
    reason: 'operator',
    since: now,
    evidence: 'imported as suppressed',
  };
}

function newcomer(
  input: UpsertInput,
  { address, newPublicId, newsletters, now }: UpsertContext,
): SubscriberRecord {
  const record: SubscriberRecord = {
    publicId: newPublicId(),
    address,
    name: '',
    // Paused or suppressed elsewhere does not say that they ever consented: a consent text does.
    confirmed: input.state !== 'pending' && consentIdOrNull(input.consent) !== null,
    paused: input.state === 'paused',
    suppressed: false,
    memberships: {},
    ...fallbackPreferences,
    ...input.defaults,
    createdAt: now,
    updatedAt: now,
  };
  return updated(record, { ...input, memberships: input.memberships ?? newsletters }, now);
}

/** Someone known, seen again: never re-subscribed where they left, never back to `pending`. */
function updated(record: SubscriberRecord, input: UpsertInput, now: string): SubscriberRecord {
  const consent = consentIdOrNull(input.consent);
  const memberships: Record<string, Membership> = { ...record.memberships };
  for (const newsletter of input.memberships ?? Object.keys(memberships)) {
    const current = memberships[newsletter];
    if (current === undefined) memberships[newsletter] = { state: 'subscribed', since: now, consent };
    else if (current.state === 'subscribed') memberships[newsletter] = agreed(current, consent);
  }
  const confirmed = record.confirmed || input.state === 'active';
  return { ...preferencesChanged(record, input), confirmed, memberships };
}

const fallbackPreferences: Preferences = {
  topics: 'all',
  frequency: 'daily',
  format: 'html',
  language: 'en',
  timezone: 'UTC',
  hour: 8,
};
