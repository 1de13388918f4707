/** Reading subscribers: by sid, address or public id, and all of them in the order of their sids. */
import type { Redis } from 'ioredis';
import { keys } from '../src/redis/keys.ts';
import { parseAddress } from './address.ts';
import type { ConsentTexts } from './consents.ts';
import { type Frequency, type PreferenceSet, preferenceSetKey } from './preferences.ts';
import { isEligible, parseRecord, toSubscriber } from './record.ts';
import type { Subscriber, SubscriberState } from './subscriber.ts';

/** What is left out does not narrow. */
export interface SubscriberFilter {
  /** Subscribed to it, whatever the subscriber's own state; not those who left. */
  readonly newsletter?: string;
  readonly state?: SubscriberState;
}

export interface TopicCounts {
  /** Those who chose `all`: they count for every topic. */
  readonly all: number;
  /** Topic id → those who chose it by name. */
  readonly chosen: ReadonlyMap<string, number>;
}

export interface HeldPreferenceSet {
  readonly preferenceSet: PreferenceSet;
  readonly count: number;
}

export interface SubscriberReader {
  get(sid: number): Promise<Subscriber | null>;
  /** In the order asked for, in one command: meant for up to 500 at a time. null where there is none. */
  getMany(sids: readonly number[]): Promise<(Subscriber | null)[]>;
  /** @throws PaperboyError `address-invalid` */
  findByAddress(address: string): Promise<Subscriber | null>;
  findByPublicId(publicId: string): Promise<Subscriber | null>;
  /** By sid, ascending, those there were when it began; each is read as it is when its turn comes. */
  list(filter?: SubscriberFilter): AsyncGenerator<Subscriber, void, undefined>;
  count(filter?: SubscriberFilter): Promise<number>;
  /** How many would get an issue of that frequency now. */
  countEligible(newsletter: string, frequency: Frequency): Promise<number>;
  /** Of `active` subscribers with at least one membership. */
  topicCounts(): Promise<TopicCounts>;
  /**
   * The preference sets among those eligible for a newsletter, the most frequent first.
   * @param frequency of those alone who want it so; absent: of all
   */
  distinctPreferenceSets(newsletter: string, frequency?: Frequency): Promise<HeldPreferenceSet[]>;
}

export function createSubscriberReader(redis: Redis, consentTexts: ConsentTexts): SubscriberReader {
  const getMany: SubscriberReader['getMany'] = async (sids) => {
    if (sids.length === 0) return [];
    const texts = await redis.hmget(keys.subscribers, ...sids.map(String));
    const records = texts.map((text) => (text === null ? null : parseRecord(text)));
    const consents = await consentTexts.of(records);
    return records.map((record, at) =>
      record === null ? null : toSubscriber(sids[at] ?? 0, record, consents),
    );
  };

  const get: SubscriberReader['get'] = async (sid) => (await getMany([sid]))[0] ?? null;

  const find = async (index: string, field: string): Promise<Subscriber | null> => {
    const sid = await redis.hget(index, field);
    return sid === null ? null : await get(Number(sid));
  };

  async function* list(filter: SubscriberFilter = {}): AsyncGenerator<Subscriber, void, undefined> {
    const last = Number((await redis.get(keys.lastSid)) ?? 0);
    for (let first = 1; first <= last; first += pageSize) {
      const size = Math.min(pageSize, last - first + 1);
      for (const subscriber of await getMany(Array.from({ length: size }, (_, at) => first + at))) {
        if (subscriber !== null && matches(subscriber, filter)) yield subscriber;
      }
    }
  }

  return {
    get,
    getMany,
    findByAddress: async (address) => await find(keys.addresses, parseAddress(address).identity),
    findByPublicId: async (publicId) => await find(keys.publicIds, publicId),
    list,

    async count(filter = {}) {
      if (filter.newsletter === undefined && filter.state === undefined)
        return await redis.hlen(keys.subscribers);
      let count = 0;
      for await (const _ of list(filter)) count++;
      return count;
    },

    countEligible: async (newsletter, frequency) =>
      await redis.bitcount(keys.eligible(newsletter, frequency)),

    async topicCounts() {
      let all = 0;
      const chosen = new Map<string, number>();
      for await (const { topics, memberships } of list({ state: 'active' })) {
        if (!Object.values(memberships).some(({ state }) => state === 'subscribed')) continue;
        if (topics === 'all') all++;
        else for (const topic of topics) chosen.set(topic, (chosen.get(topic) ?? 0) + 1);
      }
      return { all, chosen };
    },

    async distinctPreferenceSets(newsletter, frequency) {
      const held = new Map<string, { preferenceSet: PreferenceSet; count: number }>();
      for await (const subscriber of list({ newsletter })) {
        if (!isEligible(subscriber, newsletter)) continue;
        if (frequency !== undefined && subscriber.frequency !== frequency) continue;
        const preferenceSet = { topics: subscriber.topics, format: subscriber.format };
        const key = preferenceSetKey(preferenceSet);
        const entry = held.get(key) ?? { preferenceSet, count: 0 };
        entry.count++;
        held.set(key, entry);
      }
      return [...held.values()].sort((one, other) => other.count - one.count);
    },
  };
}

const pageSize = 500;

function matches({ state, memberships }: Subscriber, filter: SubscriberFilter): boolean {
  if (filter.state !== undefined && state !== filter.state) return false;
  return filter.newsletter === undefined || memberships[filter.newsletter]?.state === 'subscribed';
}
