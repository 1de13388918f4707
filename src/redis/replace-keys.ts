/** Puts the keys of one Redis in the place of those of another, key by key: any two servers will do that the product runs on. */
import type { Redis } from 'ioredis';
import { PaperboyError } from '../core/errors.ts';
import { keyPrefix, keys, queuePrefix } from './keys.ts';

/** Those that whoever restores looks after. */
const kept: ReadonlySet<string> = new Set([keys.store, keys.lastSid]);

/** Those that tell of one server or one moment, and are made anew where they are missing. */
const passing: ReadonlySet<string> = new Set([keys.confirmedRun, keys.rollCall, keys.sweeperLease]);

/** A hash with more fields goes in parts: a million of them in one reply would be some hundred megabytes. */
const wholeUpTo = 5_000;

const batchSize = 200;
const fieldsAtOnce = 1_000;

export interface Copied {
  readonly done: number;
  readonly total: number;
}

/**
 * Finds out whether keys of one server can be put into another, by one that lives for a minute at most.
 * @throws PaperboyError `backup-invalid` when `to` is older and does not know the form; Redis' errors, as of a user who
 *   may not do that
 */
export async function tryCopying(from: Redis, to: Redis): Promise<void> {
  const value = await from.dumpBuffer(keys.store);
  if (value === null) return;
  await put(to, probe, 60_000, value);
  await to.del(probe);
}

const probe = `${keyPrefix}probe`;

/**
 * Removes every key of the product but the store's record, its highest sid, and the workers' positions: as long as there
 * are any and no run is confirmed, no gate lets a copy go and nothing is claimed. @throws Redis' errors
 */
export async function clearKeys(redis: Redis): Promise<void> {
  await redis.del(keys.confirmedRun);
  for await (const found of scan(redis)) {
    const some = found.filter((key) => !kept.has(key) && key !== keys.positions);
    if (some.length > 0) await redis.unlink(...some);
  }
}

/**
 * Copies every key of the product with its value and its remaining life, but the store's record, its highest sid and what
 * tells of the former server only.
 * @param from changes no more
 * @param onProgress keys, and fields of large hashes
 * @throws PaperboyError `backup-invalid` when `to` is older and does not know the form; Redis' errors
 */
export async function copyKeys(
  from: Redis,
  to: Redis,
  { onProgress, signal }: { readonly onProgress: (copied: Copied) => void; readonly signal: AbortSignal },
): Promise<void> {
  const large = new Map<string, number>();
  const small: string[] = [];
  for await (const found of scan(from)) {
    const sizes = await Promise.all(found.map((key) => fieldsOf(from, key)));
    found.forEach((key, at) => {
      if (kept.has(key) || passing.has(key) || key.startsWith(queuePrefix)) return;
      const fields = sizes[at] ?? 0;
      if (fields > wholeUpTo) large.set(key, fields);
      else small.push(key);
    });
  }
  const total = small.length + [...large.values()].reduce((sum, fields) => sum + fields, 0);
  let done = 0;
  const advance = (by: number): void => {
    done += by;
    onProgress({ done, total });
    if (signal.aborted) throw broken();
  };
  if (!small.includes(keys.positions)) await to.del(keys.positions);
  for (const key of large.keys()) await copyInParts(from, to, key, advance);
  for (let first = 0; first < small.length; first += batchSize) {
    const some = small.slice(first, first + batchSize);
    await Promise.all(some.map((key) => copyWhole(from, to, key)));
    advance(some.length);
  }
}

function broken(): PaperboyError {
  return new PaperboyError('interrupted', 'the restore was broken off: nobody can use the store now', {
    hint: 'run `paperboy restore FILE` again',
  });
}

/** May give a key twice. */
async function* scan(redis: Redis): AsyncGenerator<string[]> {
  // The braces of the tag are themselves in a pattern; nothing of it is special.
  for await (const page of redis.scanStream({ match: `${keyPrefix}*`, count: 500 })) yield page as string[];
}

async function fieldsOf(redis: Redis, key: string): Promise<number> {
  return (await redis.type(key)) === 'hash' ? await redis.hlen(key) : 0;
}

async function copyWhole(from: Redis, to: Redis, key: string): Promise<void> {
  const [value, lifeMs] = await Promise.all([from.dumpBuffer(key), from.pttl(key)]);
  // Its life may have been over in between.
  if (value !== null) await put(to, key, Math.max(0, lifeMs), value);
}

/** @param lifeMs 0: for ever. @param value as DUMP gives it */
async function put(to: Redis, key: string, lifeMs: number, value: Buffer): Promise<void> {
  try {
    await to.restore(key, lifeMs, value, 'REPLACE');
  } catch (error) {
    if (!/DUMP payload version/.test((error as Error).message)) throw error;
    throw new PaperboyError(
      'backup-invalid',
      'the Redis to restore into is older than the one on this machine, which reads the backup',
      { cause: error, hint: 'upgrade that, or run this where the Redis is no newer' },
    );
  }
}

/** Large hashes have no end of life. */
async function copyInParts(
  from: Redis,
  to: Redis,
  key: string,
  advance: (by: number) => void,
): Promise<void> {
  for await (const page of from.hscanBufferStream(key, { count: fieldsAtOnce })) {
    const fields = page as Buffer[];
    if (fields.length === 0) continue;
    await to.hset(key, ...fields);
    advance(fields.length / 2);
  }
}
