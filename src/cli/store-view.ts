/** What a store tells of an issue before it is sent, if a Redis that knows is there. Starts nothing, changes nothing. */
import { pathToFileURL } from 'node:url';
import { createConsentTexts } from '../../subscribers/consents.ts';
import type { Frequency } from '../../subscribers/preferences.ts';
import { createSubscriberReader, type HeldPreferenceSet } from '../../subscribers/reader.ts';
import type { Settings } from '../app.ts';
import { toPaperboyError } from '../core/errors.ts';
import { type ComparedWith, comparedWith } from '../delivery/past-issues.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';
import { connectRedis } from '../redis/connect.ts';
import { readRunFile } from '../redis/run-file.ts';
import { type Io, say } from './frame.ts';

export interface StoreView extends ComparedWith {
  /** Which preference sets subscribers of that frequency hold; null when nobody can be asked, and the rest is empty. */
  readonly held: readonly HeldPreferenceSet[] | null;
}

const nothing: StoreView = { held: null, published: [], past: [] };

/** A Redis that should be there and can't be reached is told of on stderr. */
export async function storeView(
  io: Io,
  { environment: { redisUrl, dataDir } }: Settings,
  newsletter: string,
  date: string | null,
  frequency: Frequency,
): Promise<StoreView> {
  const url = redisUrl ?? (await privateRedis(dataDir));
  if (url === undefined) return nothing;
  try {
    const redis = await connectRedis(url, { name: 'paperboy-check' });
    try {
      return await viewOf({ redis }, newsletter, date, frequency);
    } finally {
      redis.disconnect();
    }
  } catch (thrown) {
    const error = toPaperboyError(thrown);
    if (error.retry !== 'later') throw error;
    say(io, `recipients and repeats are unknown: ${error.message}`);
    return nothing;
  }
}

async function viewOf(
  { redis }: LedgerDeps,
  newsletter: string,
  date: string | null,
  frequency: Frequency,
): Promise<StoreView> {
  const reader = createSubscriberReader(redis, createConsentTexts(redis));
  const [held, compared] = await Promise.all([
    reader.distinctPreferenceSets(newsletter, frequency),
    comparedWith({ redis }, newsletter, date, frequency),
  ]);
  return { held, ...compared };
}

async function privateRedis(dataDir: Settings['environment']['dataDir']): Promise<string | undefined> {
  const { redis } = await readRunFile(dataDir);
  return redis === undefined ? undefined : `unix://${pathToFileURL(redis.socket).pathname}`;
}
