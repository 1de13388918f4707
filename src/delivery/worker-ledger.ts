/** A worker's part in the ledger: its journal, its position, its gatekeeper, and its voice in the roll call. */
import { join } from 'node:path';
import type { Environment } from '../config/config.ts';
import { toPaperboyError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { createGatekeeper, type Gatekeeper } from '../ledger/gatekeeper.ts';
import { livingIncarnations, workerOf } from '../ledger/incarnations.ts';
import { openJournal, removeOldJournals } from '../ledger/journal.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';
import { createPosition } from '../ledger/position.ts';
import { replayJournals } from '../ledger/replay.ts';
import { demandJournalsOf, forgetPositions } from '../ledger/roll-call.ts';
import type { LeaveLog } from './leave-log.ts';
import type { RecoverDeps } from './recover.ts';
import { createRollCall, type RollCall } from './roll-call.ts';

/** Long after every copy of it is settled: an issue ends 26 hours after it began. */
const keptMs = 48 * 3_600_000;

export function journalFolder({ dataDir }: Pick<Environment, 'dataDir'>): string {
  return join(dataDir, 'journals');
}

export interface WorkerLedger {
  /** Claims and lives of this worker go through this one: it knows how far the worker has come. */
  readonly ledger: LedgerDeps;
  readonly gatekeeper: Gatekeeper;
  readonly rollCall: RollCall;
  /** Call it when nothing is asked or told any more. @param isSettled whether everything has been told */
  close(isSettled: boolean): void;
}

/**
 * Settles what earlier workers of this data folder knew and Redis does not, then opens a journal of its own.
 * @param deps `storeId`: of the Redis that is sent from
 * @throws PaperboyError `store-changed` when the journals tell of copies sent from another store
 */
export async function openWorkerLedger(
  deps: RecoverDeps & {
    readonly environment: Pick<Environment, 'dataDir'>;
    readonly storeId: string;
    readonly leaveLog?: Pick<LeaveLog, 'apply' | 'isPending'>;
  },
): Promise<WorkerLedger> {
  const folder = journalFolder(deps.environment);
  const living = (await livingIncarnations(deps.ledger)).map(workerOf);
  await forgetPositions(deps.ledger, await removeOldJournals(folder, Date.now() - keptMs, living));
  await demandJournalsOf(folder, deps.storeId);
  const settled = await replayJournals(deps.ledger, folder);
  if (settled > 0)
    deps.log.warn({ settled }, 'a worker died before it had settled these copies; its journal knew');
  const journal = openJournal(folder, deps.storeId);
  const position = createPosition(journal.worker);
  const ledger = { ...deps.ledger, position };
  return {
    ledger,
    gatekeeper: createGatekeeper({ ...deps, ledger, journal, mustWait: () => mustTellLeaves(deps) }),
    rollCall: createRollCall({ ...deps, ledger, folder, store: deps.storeId }),
    close: (isSettled) => journal.close(isSettled ? position.highest : undefined),
  };
}

/** A reader who left while Redis was away was told that it is done: no copy goes until Redis knows. */
function mustTellLeaves({
  leaveLog,
  log,
}: {
  readonly leaveLog?: Pick<LeaveLog, 'apply' | 'isPending'>;
  readonly log: Logger;
}): boolean {
  if (!leaveLog?.isPending()) return false;
  leaveLog.apply().catch((error: unknown) => {
    log.warn(
      { reason: toPaperboyError(error).message },
      'leaves that were noted are still to be carried out',
    );
  });
  return true;
}
