/** Puts a backup in the place of the store that a Redis holds, and keeps what the backup cannot know of. */
import type { SubscriberStore } from '../../subscribers/store.ts';
import { setHalted } from '../ledger/issues.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';
import { keys } from '../redis/keys.ts';
import { type Copied, clearKeys, copyKeys, tryCopying } from '../redis/replace-keys.ts';
import { beginRestore, endRestore, type FoundStore } from '../redis/store-id.ts';
import { readStatuses } from './issue-status.ts';
import type { LeaveLog } from './leave-log.ts';

export interface RestoreDeps {
  readonly ledger: LedgerDeps;
  readonly subscribers: Pick<SubscriberStore, 'replayDepartures' | 'suppressStrangers'>;
  readonly leaveLog: Pick<LeaveLog, 'apply'>;
}

export interface Backup {
  /** Over a server that holds it. */
  readonly ledger: LedgerDeps;
  readonly store: FoundStore;
}

export interface Restored {
  /** People whom the backup has as they were before they left, paused, or were suppressed or forgotten. */
  readonly departed: number;
  /** Suppressions of addresses that the backup does not know. */
  readonly suppressed: number;
  /** Issues of which copies are still to go. */
  readonly unfinished: readonly string[];
}

export interface RestoreWatch {
  readonly onProgress: (copied: Copied) => void;
  readonly signal: AbortSignal;
  /** Called when nobody can begin to use the store any more. @throws to leave it as it is */
  readonly demandNobodyElse: () => Promise<void>;
}

/**
 * Who subscribed after the backup was made has mails with links for their sid: nobody else may get that number. More
 * than subscribe between two backups; 1.25 KB of each bitmap.
 */
const sidGap = 10_000;

/**
 * Until it has come to its end nobody can use the store; broken off, it can be done again. What was sent after the
 * backup was made only journals know, so all sending is halted until a person has looked.
 * @param now ISO 8601
 * @throws PaperboyError `backup-invalid`, `interrupted`; Redis' errors
 */
export async function restoreStore(
  { ledger, subscribers, leaveLog }: RestoreDeps,
  backup: Backup,
  now: string,
  watch: RestoreWatch,
): Promise<Restored> {
  const { redis } = ledger;
  await tryCopying(backup.ledger.redis, redis);
  const withdraw = await beginRestore(redis, now);
  try {
    await watch.demandNobodyElse();
  } catch (error) {
    await withdraw();
    throw error;
  }
  await clearKeys(redis);
  await copyKeys(backup.ledger.redis, redis, watch);
  await raiseSid(redis, backup.ledger.redis);
  const departed = await subscribers.replayDepartures();
  const suppressed = await subscribers.suppressStrangers();
  await leaveLog.apply();
  await setHalted(ledger, true);
  const unfinished = (await readStatuses(ledger))
    .filter(({ phase }) => phase !== 'done' && phase !== 'cancelled')
    .map(({ issue }) => issue);
  await endRestore(redis, backup.store);
  return { departed, suppressed, unfinished };
}

async function raiseSid(redis: LedgerDeps['redis'], backup: LedgerDeps['redis']): Promise<void> {
  const [here, there] = await Promise.all([redis.get(keys.lastSid), backup.get(keys.lastSid)]);
  await redis.set(keys.lastSid, Math.max(Number(here ?? 0), Number(there ?? 0) + sidGap));
}
