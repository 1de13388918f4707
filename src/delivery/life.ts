/** The life of a worker: an incarnation whose heart beats, and a new one when it was declared dead meanwhile. */
import { randomId } from '../core/ids.ts';
import type { Logger } from '../core/log.ts';
import { beat, retire } from '../ledger/incarnations.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';

export interface Life {
  /** The incarnation that claims are made for now. */
  incarnation(): string;
  /** Ends it in good order; call it when nothing is claimed any more. */
  end(): Promise<void>;
}

const beatEveryMs = 1_000;

export async function beginLife(ledger: LedgerDeps, log: Logger): Promise<Life> {
  let incarnation = randomId();
  await beat(ledger, incarnation, true);
  let beating: Promise<void> | null = null;
  const timer = setInterval(() => {
    // One at a time: beats that pile up while Redis is away would each begin a life of their own.
    beating ??= beatOnce().finally(() => {
      beating = null;
    });
  }, beatEveryMs);

  const beatOnce = async (): Promise<void> => {
    try {
      if (await beat(ledger, incarnation)) return;
      const former = incarnation;
      incarnation = randomId();
      await beat(ledger, incarnation, true);
      log.warn({ former, incarnation }, 'this worker was taken for dead; it goes on as a new incarnation');
    } catch (error) {
      log.warn({ incarnation, error }, 'the heartbeat did not reach Redis');
    }
  };

  return {
    incarnation: () => incarnation,
    end: async () => {
      clearInterval(timer);
      await beating;
      await retire(ledger, incarnation);
    },
  };
}
