/** The deliver worker: sends what is due of the pages it is woken for. */
import type { App } from '../src/app.ts';
import { seldom } from '../src/core/seldom.ts';
import { type DeliverDeps, deliverPage } from '../src/delivery/deliver-page.ts';
import { createEditionSource } from '../src/delivery/edition-source.ts';
import type { Life } from '../src/delivery/life.ts';
import type { Pace } from '../src/delivery/open-pace.ts';
import { type Consumer, consume } from '../src/queue/consume.ts';
import type { DeliverJob } from '../src/queue/wakeups.ts';

export function startDeliverWorker(
  app: App,
  life: Life,
  own: Pick<DeliverDeps, 'gatekeeper' | 'rollCall' | 'signers' | 'underWay'>,
  pace: Pace,
): Consumer {
  const deps: DeliverDeps = {
    ...app,
    ...own,
    ...pace,
    editions: createEditionSource(app),
    random: Math.random,
    incarnation: life.incarnation,
    isMemoryTight: life.isMemoryTight,
  };
  return consume<DeliverJob>(
    'deliver',
    {
      redisUrl: app.redisUrl,
      concurrency: pace.jobs,
      onError: seldom((error) => app.log.warn({ reason: error.message }, 'deliver worker')),
    },
    async (job, signal) => await deliverPage(deps, job.issue, job.page, signal),
  );
}
