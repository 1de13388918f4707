/** Which preference sets subscribers hold, if a Redis that knows them is there. Starts nothing, changes nothing. */
import { pathToFileURL } from 'node:url';
import { createConsentTexts } from '../../subscribers/consents.ts';
import { createSubscriberReader, type HeldPreferenceSet } from '../../subscribers/reader.ts';
import type { Settings } from '../app.ts';
import { toPaperboyError } from '../core/errors.ts';
import { connectRedis } from '../redis/connect.ts';
import { readRunFile } from '../redis/run-file.ts';
import { type Io, say } from './frame.ts';

/** @returns null when there is no Redis, or it can't be reached; the latter is told on stderr */
export async function heldSets(
  io: Io,
  { environment }: Settings,
  newsletter: string,
): Promise<readonly HeldPreferenceSet[] | null> {
  const url = environment.redisUrl ?? (await privateRedis(environment.dataDir));
  if (url === undefined) return null;
  try {
    const redis = await connectRedis(url, { name: 'paperboy-check' });
    try {
      return await createSubscriberReader(redis, createConsentTexts(redis)).distinctPreferenceSets(
        newsletter,
      );
    } finally {
      redis.disconnect();
    }
  } catch (thrown) {
    const error = toPaperboyError(thrown);
    if (error.retry !== 'later') throw error;
    say(io, `recipients are unknown: ${error.message}`);
    return null;
  }
}

async function privateRedis(dataDir: string): Promise<string | undefined> {
  const { redis } = await readRunFile(dataDir);
  return redis === undefined ? undefined : `unix://${pathToFileURL(redis.socket).pathname}`;
}
