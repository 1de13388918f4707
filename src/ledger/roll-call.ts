/** What a worker says to the others after Redis was restarted, and what it is told to do. */
import { PaperboyError } from '../core/errors.ts';
import { keys } from '../redis/keys.ts';
import { deadAfterMs } from './claims.ts';
import { listJournals, type StoredJournal } from './journal.ts';
import { type LedgerDeps, timeArgument } from './ledger.ts';
import { attendScript, confirmedScript, restorePositionsScript } from './roll-call-scripts.ts';

/** What a worker found: nothing missing, something missing, or that it has applied its journals since. */
export type Found = 'whole' | 'forgotten' | 'applied';

export type Call =
  /** Claiming goes on. */
  | { readonly type: 'confirmed' }
  /** Others have not answered yet, or not applied their journals. */
  | { readonly type: 'wait' }
  /** What was applied is void: Redis was restarted since. */
  | { readonly type: 'again' }
  /** Somebody found something missing: apply the journals, and say so. */
  | { readonly type: 'apply' }
  /** These incarnations are dead and nobody has their journal. */
  | { readonly type: 'abandon'; readonly incarnations: readonly string[] };

/** @param preparedFor the run for which the worker has done what comes before saying anything; null: none */
export async function attend(
  deps: LedgerDeps,
  worker: string,
  found: Found,
  preparedFor: string | null,
): Promise<Call> {
  const reply = await attendScript.run(
    deps.redis,
    [keys.confirmedRun, keys.rollCall, keys.incarnations, keys.positions],
    [timeArgument(deps), worker, found, deadAfterMs, preparedFor ?? ''],
  );
  const [type, ...incarnations] = reply as [Call['type'], ...string[]];
  return type === 'abandon' ? { type, incarnations } : { type };
}

/** @returns the run id of the server, while claiming rests; null when it goes on. Says nothing to the others */
export async function runToConfirm(deps: LedgerDeps): Promise<string | null> {
  return ((await confirmedScript.run(deps.redis, [keys.confirmedRun], [])) as string) || null;
}

/** What was read of a journal when it had that size. */
export type ReadJournals = Map<string, { readonly size: number; readonly position: number }>;

/**
 * Highest position that each journal of a folder knows.
 * @param read what was read before; files that have not grown since are not read again
 */
export async function journalPositions(
  folder: string,
  store: string,
  read: ReadJournals,
): Promise<Map<string, number>> {
  const positions = new Map<string, number>();
  for (const journal of await listJournals(folder)) {
    if (journal.store !== store) continue;
    const { worker, size } = journal;
    let known = read.get(worker);
    if (known?.size !== size) {
      known = { size, position: journal.closedAt ?? (await highestOf(journal)) };
      read.set(worker, known);
    }
    positions.set(worker, known.position);
  }
  return positions;
}

async function highestOf(journal: StoredJournal): Promise<number> {
  let highest = 0;
  for await (const entry of journal.entries()) {
    if ('position' in entry) highest = Math.max(highest, entry.position);
  }
  return highest;
}

/** Whether Redis has less on record than these workers know it to have acknowledged. */
export async function hasForgotten(
  deps: LedgerDeps,
  positions: ReadonlyMap<string, number>,
): Promise<boolean> {
  if (positions.size === 0) return false;
  const workers = [...positions.keys()];
  const onRecord = await deps.redis.hmget(keys.positions, ...workers);
  return workers.some((worker, index) => Number(onRecord[index] ?? 0) < (positions.get(worker) ?? 0));
}

/** After the journals were applied: Redis has on record again what it had acknowledged. */
export async function restorePositions(
  deps: LedgerDeps,
  positions: ReadonlyMap<string, number>,
): Promise<void> {
  if (positions.size === 0) return;
  await restorePositionsScript.run(deps.redis, [keys.positions, keys.rollCall], [...positions].flat());
}

/** Journals that were removed need no position any more. */
export async function forgetPositions(deps: LedgerDeps, workers: readonly string[]): Promise<void> {
  if (workers.length > 0) await deps.redis.hdel(keys.positions, ...workers);
}

/** @throws PaperboyError `store-changed` when Redis holds another store than the one that was sent from */
export async function demandStore(deps: LedgerDeps, store: string): Promise<void> {
  const found = await deps.redis.hget(keys.store, 'storeId');
  if (found !== store) throw storeChanged(store, found || 'none');
}

/** @throws PaperboyError `store-changed` when a journal of the folder belongs to another store */
export async function demandJournalsOf(folder: string, store: string): Promise<void> {
  for (const journal of await listJournals(folder)) {
    if (journal.store === store || journal.store === '') continue;
    for await (const _ of journal.entries()) throw storeChanged(journal.store, store, folder);
  }
}

function storeChanged(expected: string, found: string, folder?: string): PaperboyError {
  const where = folder === undefined ? 'this worker has' : `the journals in ${folder} tell of copies`;
  return new PaperboyError(
    'store-changed',
    `${where} sent from store ${expected}, and Redis holds ${found}`,
    {
      hint: 'sent from another store, a reader could get an issue twice: give the Redis that held it, or its backup; if it is meant, move the journals away',
    },
  );
}
