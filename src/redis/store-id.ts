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

/** What a store says of itself to who does not claim it. */
export interface FoundStore extends StoreRecord {
  readonly keyringFingerprint: string;
  /** ISO 8601: when the backup that this is, or that was restored, was made; null: it is none. */
  readonly backedUpAt: string | null;
  /** Whether a restore into it has begun and not come to its end. */
  readonly isRestoring: boolean;
}

/** Rises when the layout of keys changes so that older code would misread it. */
const storeSchema = 1;

/**
 * Claims an empty store for a keyring, or recognises the one that is there.
 * @param keyringFingerprint tells keyrings apart without telling their keys
 * @param now milliseconds since the epoch
 * @throws PaperboyError `keyring-foreign` when the store belongs to another keyring, `store-schema` when newer code
 *   wrote it, `store-restoring` while it is half of what it is to be
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
  const [storeId = '', schema = '', fingerprint = '', createdAt = '', restoring] = reply as string[];
  if (restoring) {
    throw new PaperboyError('store-restoring', 'a restore into this Redis has not come to its end', {
      hint: 'wait for it; if it was broken off, run `paperboy restore FILE` again',
    });
  }
  const found = { storeId, schema: Number(schema), createdAt };
  demandOurs({ ...found, keyringFingerprint: fingerprint }, 'this Redis holds', keyringFingerprint);
  return found;
}

/**
 * @param where begins the sentence, e.g. `this Redis holds`
 * @throws PaperboyError `keyring-foreign`, `store-schema`
 */
export function demandOurs(
  { storeId, schema, keyringFingerprint }: Pick<FoundStore, 'storeId' | 'schema' | 'keyringFingerprint'>,
  where: string,
  ours: string,
): void {
  if (keyringFingerprint !== ours) {
    throw new PaperboyError('keyring-foreign', `${where} a store (${storeId}) of another keyring`, {
      hint: 'give the keyring it was made with: with another one every link in the mails sent so far would break, and suppressed addresses would be mailed again',
    });
  }
  if (schema > storeSchema) {
    throw new PaperboyError(
      'store-schema',
      `${where} a store (${storeId}) of schema ${schema}; this version of Paperboy knows ${storeSchema}`,
      { hint: 'upgrade Paperboy on this machine' },
    );
  }
}

/** @returns null when there is none; nothing is claimed */
export async function findStore(redis: Redis): Promise<FoundStore | null> {
  const found = await redis.hgetall(keys.store);
  if (Object.keys(found).length === 0) return null;
  const { storeId = '', schema = '0', createdAt = '', keyring = '', backedUpAt = null, restoring } = found;
  return {
    storeId,
    schema: Number(schema),
    createdAt,
    keyringFingerprint: keyring,
    backedUpAt,
    isRestoring: restoring !== undefined,
  };
}

/** A backup that is made after this tells its age. @param at ISO 8601 */
export async function noteBackup(redis: Redis, at: string): Promise<void> {
  await note.run(redis, [keys.store], ['backedUpAt', at]);
}

/**
 * From now on nobody can use the store, until `endRestore`: it can be claimed no more, and workers that have it already
 * find another.
 * @param at ISO 8601
 * @returns takes it back, as long as nothing else was changed
 */
export async function beginRestore(redis: Redis, at: string): Promise<() => Promise<void>> {
  const before = await findStore(redis);
  await note.run(redis, [keys.store], ['restoring', at, 'storeId', '']);
  return async () => {
    if (before === null) await redis.del(keys.store);
    else if (!before.isRestoring) await endRestore(redis, before);
  };
}

/** Also when Redis is full. */
const note = defineScript(`redis.call('HSET', KEYS[1], unpack(ARGV))`, ['allow-oom']);

/** The store is that one now, and may be used. */
export async function endRestore(redis: Redis, store: FoundStore): Promise<void> {
  const { storeId, schema, keyringFingerprint: keyring, createdAt, backedUpAt } = store;
  const fields = { storeId, schema, keyring, createdAt, ...(backedUpAt === null ? {} : { backedUpAt }) };
  await redis.multi().del(keys.store).hset(keys.store, fields).exec();
}

const claim = defineScript(`
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'storeId', ARGV[1], 'schema', ARGV[2], 'keyring', ARGV[3], 'createdAt', ARGV[4])
end
return redis.call('HMGET', KEYS[1], 'storeId', 'schema', 'keyring', 'createdAt', 'restoring')
`);
