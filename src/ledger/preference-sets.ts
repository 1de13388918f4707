/** The preference sets of an issue, each under a number that its rows have room for. */
import { keys } from '../redis/keys.ts';
import { numberSetsScript } from './issue-scripts.ts';
import type { LedgerDeps } from './ledger.ts';

/** Numbers for preference set keys, given once and kept; in the order asked. */
export async function numberPreferenceSets(
  deps: LedgerDeps,
  id: string,
  sets: readonly string[],
): Promise<number[]> {
  if (sets.length === 0) return [];
  return (await numberSetsScript.run(
    deps.redis,
    [keys.preferenceSets(id), keys.issue(id)],
    sets,
  )) as number[];
}

/** All preference sets of an issue: number → key. */
export async function readPreferenceSets(deps: LedgerDeps, id: string): Promise<Map<number, string>> {
  const hash = await deps.redis.hgetall(keys.preferenceSets(id));
  const prefix = 'number:';
  return new Map(
    Object.entries(hash)
      .filter(([field]) => field.startsWith(prefix))
      .map(([field, key]) => [Number(field.slice(prefix.length)), key]),
  );
}

/** The key of one preference set of an issue; null when it has none of that number, or is not kept any more. */
export async function readPreferenceSet(
  deps: LedgerDeps,
  id: string,
  number: number,
): Promise<string | null> {
  return await deps.redis.hget(keys.preferenceSets(id), `number:${number}`);
}

/** The number of a preference set of an issue; null when none of its readers held it. */
export async function findPreferenceSet(deps: LedgerDeps, id: string, key: string): Promise<number | null> {
  const number = await deps.redis.hget(keys.preferenceSets(id), `set:${key}`);
  return number === null ? null : Number(number);
}
