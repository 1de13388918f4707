/** All workers of one process: one life, one relay; closed in the order in which they need each other. */
import { type App, connectionsOf, openTransport } from '../src/app.ts';
import { beginLife } from '../src/delivery/life.ts';
import { openGatekeeper } from '../src/delivery/open-gatekeeper.ts';
import { loadSigners } from '../src/delivery/signers.ts';
import { wakeDue } from '../src/delivery/sweep.ts';
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
  const transport = await openTransport(app);
  // Who left while Redis was away has left, before anything is claimed.
  await app.leaveLog.apply();
  const { gatekeeper, close: closeJournal } = await openGatekeeper(app);
  const life = await beginLife(app.ledger, app.log);
  const consumers = [
    startPlanWorker(app),
    startDeliverWorker(app, life, { gatekeeper, signers }, transport, connectionsOf(app)),
    startSweeper(app, life),
  ];
  const close = async (): Promise<void> => {
    // Whatever does not end well, the life ends: others take over what it held.
    const ends = await Promise.allSettled(consumers.map((consumer) => consumer.close()));
    await transport.close();
    await life.end();
    closeJournal();
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
