/**
 * After Redis was restarted nobody claims anything until all workers have found that it remembers what it had
 * acknowledged; when it does not, until all have applied their journals.
 */
import { setTimeout } from 'node:timers/promises';
import type { Logger } from '../core/log.ts';
import { abandonClaims } from '../ledger/amend.ts';
import { bury } from '../ledger/incarnations.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';
import type { Position } from '../ledger/position.ts';
import {
  attend,
  demandStore,
  type Found,
  hasForgotten,
  journalPositions,
  type ReadJournals,
  restorePositions,
  runToConfirm,
} from '../ledger/roll-call.ts';
import { applyJournals, type RecoverDeps } from './recover.ts';

export interface RollCall {
  /**
   * Says what this worker finds, and does what it is told; to be called again and again.
   * @returns whether claiming goes on
   * @throws PaperboyError `store-changed`, and Redis' errors
   */
  attend(): Promise<boolean>;
  /** Resolves when claiming goes on, or the signal says to stop. */
  confirmed(signal: AbortSignal): Promise<void>;
  /** @param begin is called when journals were applied: a new life begins */
  whenRecovered(begin: () => Promise<void>): void;
}

export interface RollCallDeps extends RecoverDeps {
  readonly ledger: LedgerDeps & { readonly position: Position };
  readonly folder: string;
  readonly store: string;
  readonly log: Logger;
}

const askAgainMs = 200;

export function createRollCall(deps: RollCallDeps): RollCall {
  const { ledger, subscribers, folder, store, log } = deps;
  const { position } = ledger;
  let onRecovered = async (): Promise<void> => {};
  let hasApplied = false;
  const read: ReadJournals = new Map();
  let hasLooked = false;
  /** The run that departures were replayed on while it was to be confirmed; empty: one that others had confirmed. */
  let replayedOn: string | null = null;
  let under: Promise<boolean> | null = null;

  const knownPositions = async (): Promise<Map<string, number>> => {
    const known = await journalPositions(folder, store, read);
    return known.set(position.worker, Math.max(position.highest, known.get(position.worker) ?? 0));
  };

  const find = async (): Promise<Found> => {
    if (hasApplied) return 'applied';
    if (position.isForgotten) return 'forgotten';
    const known = await knownPositions();
    return (await hasForgotten(ledger, known)) ? 'forgotten' : 'whole';
  };

  /** What was lost may be nothing of a worker's but that a reader has left, who was told that it is done. */
  const letLeaveAgain = async (run: string): Promise<void> => {
    if (run === replayedOn) return;
    const people = await subscribers.replayDepartures();
    if (people > 0)
      log.warn({ people }, 'readers whom Redis had as they were before they left have left again');
    replayedOn = run;
  };

  const apply = async (): Promise<void> => {
    await applyJournals(deps, folder, store);
    await restorePositions(ledger, await knownPositions());
    hasApplied = true;
  };

  const attendOnce = async (): Promise<boolean> => {
    await demandStore(ledger, store);
    const run = await runToConfirm(ledger);
    // The journals are read only when there is something to find out.
    if (hasLooked && !hasApplied && !position.isForgotten && run === null) return true;
    // A worker that was not there when it was confirmed may be the only one that knows who left.
    if (run !== null || !hasLooked) await letLeaveAgain(run ?? '');
    const found = await find();
    if (found === 'forgotten')
      log.error(
        { worker: position.worker },
        'Redis has forgotten what it acknowledged; nothing is sent for now',
      );
    const call = await attend(ledger, position.worker, found, replayedOn);
    if (call.type === 'apply') await apply();
    if (call.type === 'again') hasApplied = false;
    if (call.type === 'abandon') await abandon(deps, call.incarnations);
    if (call.type !== 'confirmed') return false;
    hasLooked = true;
    replayedOn = null;
    if (hasApplied) {
      log.warn({ worker: position.worker }, 'every journal has been applied; sending goes on');
      position.restored(position.highest);
      // Claims closed long ago that are open again are nobody's: they go with the life they were made in.
      await onRecovered();
      hasApplied = false;
    }
    return true;
  };

  const attendShared = (): Promise<boolean> => {
    under ??= attendOnce().finally(() => {
      under = null;
    });
    return under;
  };

  return {
    attend: attendShared,
    whenRecovered: (begin) => {
      onRecovered = begin;
    },
    confirmed: async (signal) => {
      while (!signal.aborted) {
        // Who sweeps attends as well, and says what goes wrong.
        if (await attendShared().catch(() => false)) return;
        await setTimeout(askAgainMs, undefined, { signal }).catch(() => {});
      }
    },
  };
}

async function abandon({ ledger, log }: RollCallDeps, incarnations: readonly string[]): Promise<void> {
  for (const incarnation of incarnations) {
    const rows = await abandonClaims(ledger, incarnation);
    log.error({ incarnation, rows }, 'the journal of a dead worker is missing: what it held is uncertain');
    await bury(ledger, incarnation, 0);
  }
}
