/** A worker's first deed: what earlier workers of this data folder left unsettled; then a journal and a gatekeeper. */
import { join } from 'node:path';
import type { Environment } from '../config/config.ts';
import type { Logger } from '../core/log.ts';
import { createGatekeeper, type Gatekeeper } from '../ledger/gatekeeper.ts';
import { openJournal, removeOldJournals } from '../ledger/journal.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';
import { replayJournals } from '../ledger/replay.ts';

/** Long after every copy of it is settled: an issue ends 26 hours after it began. */
const keptMs = 48 * 3_600_000;

export function journalFolder({ dataDir }: Pick<Environment, 'dataDir'>): string {
  return join(dataDir, 'journals');
}

export interface OpenGatekeeper {
  readonly gatekeeper: Gatekeeper;
  /** Call it when nothing is asked or told any more. */
  close(): void;
}

export async function openGatekeeper(deps: {
  readonly environment: Pick<Environment, 'dataDir'>;
  readonly ledger: LedgerDeps;
  readonly log: Logger;
}): Promise<OpenGatekeeper> {
  const folder = journalFolder(deps.environment);
  await removeOldJournals(folder, Date.now() - keptMs);
  const settled = await replayJournals(deps.ledger, folder);
  if (settled > 0)
    deps.log.warn({ settled }, 'a worker died before it had settled these copies; its journal knew');
  const journal = openJournal(folder);
  return { gatekeeper: createGatekeeper({ ...deps, journal }), close: journal.close };
}
