/** The deliver worker: sends what is due of the pages it is woken for. */
import type { App } from '../src/app.ts';
import { createConnections } from '../src/delivery/connections.ts';
import { type DeliverDeps, deliverPage } from '../src/delivery/deliver-page.ts';
import { createEditionSource } from '../src/delivery/edition-source.ts';
import type { Life } from '../src/delivery/life.ts';
import { type Consumer, consume } from '../src/queue/consume.ts';
import type { DeliverJob } from '../src/queue/wakeups.ts';
import type { Transport } from '../src/transport/transport.ts';

/** @param connections how many copies are under way at once */
export function startDeliverWorker(
  app: App,
  life: Life,
  own: Pick<DeliverDeps, 'gatekeeper' | 'rollCall' | 'signers'>,
  transport: Transport,
  connections: number,
): Consumer {
  const pool = createConnections(transport, () => performance.now(), Math.random);
  const deps: DeliverDeps = {
    ...app,
    editions: createEditionSource(app),
    connections: pool,
    ...own,
    random: Math.random,
    incarnation: life.incarnation,
    isMemoryTight: life.isMemoryTight,
  };
  const consumer = consume<DeliverJob>(
    'deliver',
    {
      redisUrl: app.redisUrl,
      concurrency: connections,
      onError: (error) => app.log.warn({ error: error.message }, 'deliver worker'),
    },
    async (job, signal) => await deliverPage(deps, job.issue, job.page, signal),
  );
  return {
    close: async () => {
      await consumer.close();
      await pool.close();
    },
  };
}
