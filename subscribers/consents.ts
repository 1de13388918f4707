/** Consent texts, kept once however many agreed to them. A text never changes under its id, so what is read stays. */
import type { Redis } from 'ioredis';
import { keys } from '../src/redis/keys.ts';
import { type Consents, consentIdsOf, type SubscriberRecord } from './record.ts';

export interface ConsentTexts {
  /** The texts of these records and perhaps others; asks Redis only for ids not met before. */
  of(records: readonly (SubscriberRecord | null)[]): Promise<Consents>;
}

export function createConsentTexts(redis: Redis): ConsentTexts {
  const known = new Map<string, string>();
  return {
    async of(records) {
      const missing = new Set<string>();
      for (const record of records) {
        if (record === null) continue;
        for (const id of consentIdsOf(record)) if (!known.has(id)) missing.add(id);
      }
      if (missing.size === 0) return known;
      const ids = [...missing];
      const texts = await redis.hmget(keys.consents, ...ids);
      ids.forEach((id, at) => {
        const text = texts[at];
        if (typeof text === 'string') known.set(id, text);
      });
      return known;
    },
  };
}
