/** How much a store holds, for who is about to copy or replace it. */
import type { LedgerDeps } from '../ledger/ledger.ts';
import { keys } from '../redis/keys.ts';
import { counted } from './counted.ts';

export interface StoreCounts {
  readonly subscribers: number;
  readonly issues: number;
  readonly suppressions: number;
}

export async function countStore({ redis }: LedgerDeps): Promise<StoreCounts> {
  const [subscribers, issues, suppressions] = await Promise.all([
    redis.hlen(keys.subscribers),
    redis.zcard(keys.issues),
    redis.hlen(keys.suppressions),
  ]);
  return { subscribers, issues, suppressions };
}

export function isEmpty({ subscribers, issues, suppressions }: StoreCounts): boolean {
  return subscribers + issues + suppressions === 0;
}

/** `3 subscribers and 1 issue` */
export function countsText({ subscribers, issues }: StoreCounts): string {
  return `${counted(subscribers, 'subscriber', 'subscribers')} and ${counted(issues, 'issue', 'issues')}`;
}
