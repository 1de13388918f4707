/** A worker's first deed: what earlier workers of this data folder left unsettled, then a journal of its own. */
import { join } from 'node:path';
import type { Environment } from '../config/config.ts';
import type { Logger } from '../core/log.ts';
import { type Journal, openJournal, removeOldJournals } from '../ledger/journal.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';
import { replayJournals } from '../ledger/replay.ts';

/** Long after every copy of it is settled: an issue ends 26 hours after it began. */
const keptMs = 48 * 3_600_000;

export function journalFolder({ dataDir }: Pick<Environment, 'dataDir'>): string {
  return join(dataDir, 'journals');
}

export async function beginJournal(deps: {
  readonly environment: Pick<Environment, 'dataDir'>;
  readonly ledger: LedgerDeps;
  readonly log: Logger;
}): Promise<Journal> {
  const folder = journalFolder(deps.environment);
  await removeOldJournals(folder, Date.now() - keptMs);
  const settled = await replayJournals(deps.ledger, folder);
  if (settled > 0)
    deps.log.warn({ settled }, 'a worker died before it had settled these copies; its journal knew');
  return await openJournal(folder);
}
