/**
 * The subscriber store: everything that may happen to a person, their memberships and preferences. Record, indexes and
 * the bitmaps that the gate reads change in one script (see `scripts.ts`).
 */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Clock } from '../src/core/clock.ts';
import { PaperboyError } from '../src/core/errors.ts';
import { newsletterIdPattern } from '../src/core/ids.ts';
import { keys } from '../src/redis/keys.ts';
import { parseAddress } from './address.ts';
import { type Bounces, createBounces } from './bounces.ts';
import { changedAt, hasLeft, hasRejoined, type PreferencesPatch, preferencesChanged } from './changes.ts';
import { createConsentTexts } from './consents.ts';
import { type DepartureLog, noDepartureLog } from './departures.ts';
import { createDossiers } from './dossiers.ts';
import { checkPreferences } from './preference-rules.ts';
import { createSubscriberReader, type SubscriberReader } from './reader.ts';
import { consentIdOf, parseRecord, type SubscriberRecord, toSubscriber } from './record.ts';
import { createDepartureReplay, type DepartureReplay } from './replay-departures.ts';
import type { Subscriber } from './subscriber.ts';
import { createSuppressions, type Suppressions } from './suppressions.ts';
import {
  checkInput,
  type UpsertInput,
  type UpsertOutcome,
  unknownNewsletter,
  upsertion,
} from './upsertion.ts';

export type UpsertResult =
  | { readonly outcome: Exclude<UpsertOutcome, 'refused'>; readonly subscriber: Subscriber }
  /** They asked to be forgotten: nothing was stored. Lifting the suppression comes first. */
  | { readonly outcome: 'refused'; readonly reason: 'forgotten' };

/**
 * All writes are idempotent and return the subscriber as they left it.
 * Those by sid throw PaperboyError `subscriber-unknown`.
 */
export interface SubscriberStore extends SubscriberReader, Suppressions, Bounces, DepartureReplay {
  /** @throws PaperboyError `address-invalid`, `newsletter-unknown`, `subscriber-invalid` */
  upsert(input: UpsertInput): Promise<UpsertResult>;
  /** In order: of two inputs with one address, the later sees what the earlier did. Meant for up to 1,000 at a time. */
  upsertMany(inputs: readonly UpsertInput[]): Promise<UpsertResult[]>;
  /** @throws PaperboyError `subscriber-invalid` */
  changePreferences(sid: number, patch: PreferencesPatch): Promise<Subscriber>;
  leave(sid: number, newsletter: string): Promise<Subscriber>;
  /** The subscriber's own wish. @param consent the text they agreed to; it confirms who was pending */
  rejoin(sid: number, newsletter: string, consent: string | null): Promise<Subscriber>;
  pause(sid: number): Promise<Subscriber>;
  resume(sid: number): Promise<Subscriber>;
}

export interface SubscriberStoreDeps {
  readonly redis: Redis;
  /** The ids of the configured newsletters. */
  readonly newsletters: readonly string[];
  /** The keyring's; suppressions are found by it. */
  readonly pepper: Buffer;
  readonly clock: Clock;
  /** Absent: nobody notes who leaves, and nothing can be replayed. */
  readonly departures?: DepartureLog;
  /** Random and unguessable; default 32 hex digits. */
  readonly newPublicId?: () => string;
}

export function createSubscriberStore(deps: SubscriberStoreDeps): SubscriberStore {
  const {
    redis,
    newsletters,
    pepper,
    clock,
    departures = noDepartureLog,
    newPublicId = randomPublicId,
  } = deps;
  const now = () => new Date(clock()).toISOString();
  const consentTexts = createConsentTexts(redis);
  const dossiers = createDossiers({ redis, newsletters, pepper, departures, now });

  const upsertMany: SubscriberStore['upsertMany'] = async (inputs) => {
    for (const input of inputs) checkInput(input, newsletters);
    const addresses = inputs.map(({ address }) => parseAddress(address));
    const changed = await dossiers.change(
      addresses.map(({ identity }) => identity),
      (dossier, at) =>
        upsertion(dossier, inputs[at] as UpsertInput, {
          address: addresses[at]?.address ?? '',
          newPublicId,
          newsletters,
          now: now(),
        }),
      { consents: consentsOf(inputs.map(({ consent }) => consent)) },
    );
    const consents = await consentTexts.of(changed.map(({ after }) => after.record));
    return changed.map(({ after: { sid, record }, outcome }) =>
      outcome === 'refused' || sid === null || record === null
        ? { outcome: 'refused', reason: 'forgotten' }
        : { outcome, subscriber: toSubscriber(sid, record, consents) },
    );
  };

  /** `always`: also when Redis is full, because nobody who wants less mail may be turned away. */
  const changeBySid = async (
    sid: number,
    decide: (record: SubscriberRecord) => SubscriberRecord,
    options: { always: boolean; consent?: string | null },
  ): Promise<Subscriber> => {
    const unknown = () => new PaperboyError('subscriber-unknown', `there is no subscriber ${sid}`);
    const text = await redis.hget(keys.subscribers, String(sid));
    if (text === null) throw unknown();
    const { identity } = parseAddress(parseRecord(text).address);
    const [changed] = await dossiers.change(
      [identity],
      (dossier) => {
        // Forgotten meanwhile, and perhaps someone new with the same address.
        if (dossier.record === null || dossier.sid !== sid) throw unknown();
        const record = changedAt(dossier.record, decide(dossier.record), now());
        return { after: { ...dossier, record }, outcome: record };
      },
      { always: options.always, consents: consentsOf([options.consent]) },
    );
    if (changed === undefined) throw unknown();
    return toSubscriber(sid, changed.outcome, await consentTexts.of([changed.outcome]));
  };

  return {
    ...createSubscriberReader(redis, consentTexts),
    ...createSuppressions(redis, dossiers, now),
    ...createBounces(redis, dossiers, clock),
    ...createDepartureReplay({ redis, dossiers, pepper, log: departures, now: clock }),
    upsertMany,

    async upsert(input) {
      const [result] = await upsertMany([input]);
      if (result === undefined) throw new PaperboyError('internal', 'an upsert gave no result');
      return result;
    },

    async changePreferences(sid, patch) {
      checkPreferences(patch);
      return await changeBySid(sid, (record) => preferencesChanged(record, patch), { always: true });
    },

    async leave(sid, newsletter) {
      if (!newsletterIdPattern.test(newsletter)) throw unknownNewsletter(newsletter, newsletters);
      return await changeBySid(sid, (record) => hasLeft(record, newsletter, now()), { always: true });
    },

    async rejoin(sid, newsletter, consent) {
      if (!newsletters.includes(newsletter)) throw unknownNewsletter(newsletter, newsletters);
      return await changeBySid(sid, (record) => hasRejoined(record, newsletter, consent, now()), {
        always: false,
        consent,
      });
    },

    pause: async (sid) => await changeBySid(sid, (record) => ({ ...record, paused: true }), { always: true }),
    resume: async (sid) =>
      await changeBySid(sid, (record) => ({ ...record, paused: false }), { always: false }),
  };
}

/** 122 random bits. Node draws them for many at a time, which an import notices. */
function randomPublicId(): string {
  return randomUUID().replaceAll('-', '');
}

/** Consent id → text, of those that are texts. */
function consentsOf(texts: readonly (string | null | undefined)[]): Map<string, string> {
  const distinct = new Set(texts);
  const consents = new Map<string, string>();
  for (const text of distinct) if (text) consents.set(consentIdOf(text), text);
  return consents;
}
