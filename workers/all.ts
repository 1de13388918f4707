/** All workers of one process: one life, one pace; closed in the order in which they need each other. */
import type { App } from '../src/app.ts';
import { createClaimsUnderWay } from '../src/delivery/claims-under-way.ts';
import { beginLife } from '../src/delivery/life.ts';
import { openPace } from '../src/delivery/open-pace.ts';
import { openRelays } from '../src/delivery/open-relays.ts';
import { loadSigners } from '../src/delivery/signers.ts';
import { wakeDue } from '../src/delivery/sweep.ts';
import { openWorkerLedger } from '../src/delivery/worker-ledger.ts';
import type { Consumer } from '../src/queue/consume.ts';
import { startDeliverWorker } from './deliver.ts';
import { startPlanWorker } from './plan.ts';
import { startSweeper } from './sweep.ts';

/**
 * Closing drains: nothing more is claimed, what is past its gate is finished, the rest goes back to planned.
 * @throws PaperboyError `relay-missing`, `dkim-invalid`
 */
export async function startWorkers(app: App): Promise<Consumer> {
  const signers = await loadSigners(app.config);
  const relays = await openRelays(app);
  // Who left while Redis was away has left, before anything is claimed.
  await app.leaveLog.apply();
  const own = await openWorkerLedger(app);
  const working = { ...app, ledger: own.ledger };
  // What Redis remembers is looked at before anything is claimed.
  await own.rollCall.attend();
  const life = await beginLife(own.ledger, app.log);
  own.rollCall.whenRecovered(life.renew);
  const pace = await openPace({ ...working, random: Math.random }, relays).catch(async (error: unknown) => {
    // A heart that went on beating would keep the process from ending. What it cannot take back, silence does.
    await life.end().catch(() => {});
    throw error;
  });
  const underWay = createClaimsUnderWay(working);
  const parts = { ...own, underWay, signers };
  const consumers = [startPlanWorker(working), startDeliverWorker(working, life, parts, pace)];
  const sweeper = startSweeper(working, life, parts);
  const close = async (): Promise<void> => {
    // Whatever does not end well, the life ends: others take over what it held.
    const ends = await Promise.allSettled(consumers.map((consumer) => consumer.close()));
    // As long as the heart beats this worker has to answer the roll call.
    await sweeper.close();
    await pace.close();
    await Promise.all(relays.map(({ transport }) => transport.close()));
    await life.end();
    own.close(ends.every((end) => end.status === 'fulfilled'));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  };
  try {
    await wakeDue(app);
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}
