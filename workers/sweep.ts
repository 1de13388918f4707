/** The sweeper: a loop in every worker process. What is its own each looks after; for all, one at a time does the work. */
import { setTimeout } from 'node:timers/promises';
import type { App } from '../src/app.ts';
import type { ClaimsUnderWay } from '../src/delivery/claims-under-way.ts';
import type { Life } from '../src/delivery/life.ts';
import type { RollCall } from '../src/delivery/roll-call.ts';
import { sweep } from '../src/delivery/sweep.ts';
import type { Consumer } from '../src/queue/consume.ts';
import { errorOf } from '../src/redis/failures.ts';

const pauseMs = 500;

export function startSweeper(
  app: App,
  life: Life,
  { rollCall, underWay }: { readonly rollCall: RollCall; readonly underWay: ClaimsUnderWay },
): Consumer {
  const stopping = new AbortController();
  let isElsewhere = false;
  const turn = async (): Promise<void> => {
    const goesOn = await rollCall.attend();
    if (isElsewhere) {
      await life.renew();
      isElsewhere = false;
      app.log.warn({}, 'Redis holds the store of this worker again; it goes on');
    }
    if (!goesOn) return;
    await sweep(app, life.incarnation());
    await underWay.giveBackOthers(life.incarnation());
  };
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await turn();
      } catch (thrown) {
        const { code, message, hint } = errorOf(thrown);
        if (code !== 'store-changed' || !isElsewhere)
          app.log.error({ code, reason: message, hint }, 'sweeper');
        if (code === 'store-changed') {
          // The workers of the store that Redis holds now must not wait for one that sends from another.
          life.rest();
          isElsewhere = true;
        }
      }
      await setTimeout(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  const looping = loop();
  return {
    close: async () => {
      stopping.abort();
      await looping;
    },
  };
}
