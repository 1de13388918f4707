/** The store's own record: which store this is, and which keyring it belongs to. Written once, by whoever comes first. */
import type { Redis } from 'ioredis';
import { PaperboyError } from '../core/errors.ts';
import { randomId } from '../core/ids.ts';
import { keys } from './keys.ts';
import { defineScript } from './script.ts';

export interface StoreRecord {
  /** Random: another store, a restored backup of another one included, has another. */
  readonly storeId: string;
  /** Of the layout of all keys. */
  readonly schema: number;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** Rises when the layout of keys changes so that older code would misread it. */
const storeSchema = 1;

/**
 * Claims an empty store for a keyring, or recognises the one that is there.
 * @param keyringFingerprint tells keyrings apart without telling their keys
 * @param now milliseconds since the epoch
 * @throws PaperboyError `keyring-foreign` when the store belongs to another keyring, `store-schema` when newer code
 *   wrote it
 */
export async function claimStore(
  redis: Redis,
  { keyringFingerprint, now }: { readonly keyringFingerprint: string; readonly now: number },
): Promise<StoreRecord> {
  const reply = await claim.run(
    redis,
    [keys.store],
    [randomId(16), storeSchema, keyringFingerprint, new Date(now).toISOString()],
  );
  const [storeId = '', schema = '', fingerprint = '', createdAt = ''] = reply as string[];
  if (fingerprint !== keyringFingerprint) {
    throw new PaperboyError('keyring-foreign', `this Redis holds a store (${storeId}) of another keyring`, {
      hint: 'give the keyring it was made with: with another one every link in the mails sent so far would break, and suppressed addresses would be mailed again',
    });
  }
  if (Number(schema) > storeSchema) {
    throw new PaperboyError(
      'store-schema',
      `the store ${storeId} has schema ${schema}; this version of Paperboy knows ${storeSchema}`,
      { hint: 'upgrade Paperboy on this machine' },
    );
  }
  return { storeId, schema: Number(schema), createdAt };
}

const claim = defineScript(`
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'storeId', ARGV[1], 'schema', ARGV[2], 'keyring', ARGV[3], 'createdAt', ARGV[4])
end
return redis.call('HMGET', KEYS[1], 'storeId', 'schema', 'keyring', 'createdAt')
`);
