/** The plan worker: freezes the audience of issues that were published. */
import type { App } from '../src/app.ts';
import { seldom } from '../src/core/seldom.ts';
import { planIssue } from '../src/delivery/plan-issue.ts';
import { wakeDue } from '../src/delivery/sweep.ts';
import { type Consumer, consume } from '../src/queue/consume.ts';
import type { PlanJob } from '../src/queue/wakeups.ts';

export function startPlanWorker(app: App): Consumer {
  return consume<PlanJob>(
    'plan',
    {
      redisUrl: app.redisUrl,
      concurrency: 1,
      onError: seldom((error) => app.log.warn({ reason: error.message }, 'plan worker')),
    },
    async (job, signal) => {
      await planIssue(app, job.issue, signal);
      await wakeDue(app);
    },
  );
}
