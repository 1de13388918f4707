/** What a store tells of an issue before it is sent, if a Redis that knows is there. Starts nothing, changes nothing. */
import { pathToFileURL } from 'node:url';
import { createConsentTexts } from '../../subscribers/consents.ts';
import { createSubscriberReader, type HeldPreferenceSet } from '../../subscribers/reader.ts';
import type { Settings } from '../app.ts';
import { toPaperboyError } from '../core/errors.ts';
import { issueIdOf } from '../core/ids.ts';
import { publishedBefore } from '../delivery/leave-out-repeats.ts';
import { pastDigests } from '../delivery/past-issues.ts';
import type { Digest } from '../digest/digest.ts';
import type { PublishedIssue } from '../edition/repeats.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';
import { connectRedis } from '../redis/connect.ts';
import { readRunFile } from '../redis/run-file.ts';
import { type Io, say } from './frame.ts';

export interface StoreView {
  /** Which preference sets subscribers hold; null when nobody can be asked. */
  readonly held: readonly HeldPreferenceSet[] | null;
  /** What the newsletter published in the last 14 days; empty when nobody can be asked. */
  readonly published: readonly PublishedIssue[];
  /** Its digests of the last weeks; empty when nobody can be asked. */
  readonly past: readonly Digest[];
}

const nothing: StoreView = { held: null, published: [], past: [] };

/** A Redis that should be there and can't be reached is told of on stderr. */
export async function storeView(
  io: Io,
  { environment: { redisUrl, dataDir } }: Settings,
  newsletter: string,
  date: string | null,
): Promise<StoreView> {
  const url = redisUrl ?? (await privateRedis(dataDir));
  if (url === undefined) return nothing;
  try {
    const redis = await connectRedis(url, { name: 'paperboy-check' });
    try {
      return await viewOf({ redis }, newsletter, date);
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

async function viewOf({ redis }: LedgerDeps, newsletter: string, date: string | null): Promise<StoreView> {
  const reader = createSubscriberReader(redis, createConsentTexts(redis));
  const [held, published, past] = await Promise.all([
    reader.distinctPreferenceSets(newsletter),
    publishedBefore({ redis }, newsletter, issueIdOf(newsletter, date ?? '')),
    pastDigests({ redis }, newsletter, date),
  ]);
  return { held, published, past };
}

async function privateRedis(dataDir: Settings['environment']['dataDir']): Promise<string | undefined> {
  const { redis } = await readRunFile(dataDir);
  return redis === undefined ? undefined : `unix://${pathToFileURL(redis.socket).pathname}`;
}
