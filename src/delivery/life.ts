/** The life of a worker: an incarnation whose heart beats, and a new one when it was declared dead meanwhile. */
import { randomId } from '../core/ids.ts';
import type { Logger } from '../core/log.ts';
import { beat, isMemoryTight, retire } from '../ledger/incarnations.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';
import { errorOf } from '../redis/failures.ts';

export interface Life {
  /** The incarnation that claims are made for now. */
  incarnation(): string;
  /** Whether Redis has little memory left: what is claimed is ended, and nothing more is claimed. */
  isMemoryTight(): boolean;
  /** A new life begins; what the former held is taken from it once it is silent for long enough. */
  renew(): Promise<void>;
  /** Its heart rests until it is renewed: the others need not wait for this worker. */
  rest(): void;
  /** Ends it in good order; call it when nothing is claimed any more. */
  end(): Promise<void>;
}

const beatEveryMs = 1_000;

export async function beginLife(ledger: LedgerDeps, log: Logger): Promise<Life> {
  const nextIncarnation = () => (ledger.position ? `${ledger.position.worker}.${randomId(4)}` : randomId());
  let incarnation = nextIncarnation();
  await beat(ledger, incarnation, true);
  let tight = await isMemoryTight(ledger);
  let beating: Promise<void> | null = null;
  let isResting = false;
  const timer = setInterval(() => {
    if (isResting) return;
    // One at a time: beats that pile up while Redis is away would each begin a life of their own.
    beating ??= beatOnce().finally(() => {
      beating = null;
    });
  }, beatEveryMs);

  const beatOnce = async (): Promise<void> => {
    try {
      const [isAlive, isTight] = await Promise.all([beat(ledger, incarnation), isMemoryTight(ledger)]);
      if (isTight && !tight) log.warn({}, 'Redis has little memory left: nothing more is claimed');
      tight = isTight;
      if (isAlive) return;
      const former = incarnation;
      incarnation = nextIncarnation();
      await beat(ledger, incarnation, true);
      log.warn({ former, incarnation }, 'this worker was taken for dead; it goes on as a new incarnation');
    } catch (error) {
      log.warn({ incarnation, reason: errorOf(error).message }, 'the heartbeat did not reach Redis');
    }
  };

  return {
    incarnation: () => incarnation,
    isMemoryTight: () => tight,
    renew: async () => {
      const next = nextIncarnation();
      await beat(ledger, next, true);
      incarnation = next;
      isResting = false;
    },
    rest: () => {
      isResting = true;
    },
    end: async () => {
      clearInterval(timer);
      await beating;
      await retire(ledger, incarnation);
    },
  };
}
