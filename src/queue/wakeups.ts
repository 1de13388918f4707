/** The BullMQ queues `plan` and `deliver`: they wake workers, their payload is ids, and they prove nothing. */
import { Queue } from 'bullmq';
import { queuePrefix } from '../redis/keys.ts';
import { queueConnection } from './connection.ts';

export interface PlanJob {
  readonly issue: string;
  /** Rises with every wake-up, so that a job that got stuck does not hide a later one of the same page. */
  readonly epoch: number;
}

export interface DeliverJob extends PlanJob {
  readonly page: number;
}

export interface Wakeups {
  plan(job: PlanJob): Promise<void>;
  deliver(jobs: readonly DeliverJob[]): Promise<void>;
  /** How many wake-ups of pages no worker has taken yet. */
  waiting(): Promise<number>;
  close(): Promise<void>;
}

/** What is done leaves no trace in Redis; failures are kept for a look, a hundred of them. */
const jobOptions = { removeOnComplete: true, removeOnFail: 100, attempts: 1 } as const;

export function createWakeups(redisUrl: string, onError: (error: Error) => void): Wakeups {
  const options = { connection: queueConnection(redisUrl), prefix: queuePrefix };
  const plans = new Queue<PlanJob, void, 'plan'>('plan', options);
  const deliveries = new Queue<DeliverJob, void, 'deliver'>('deliver', options);
  for (const queue of [plans, deliveries]) queue.on('error', onError);
  return {
    plan: async (job) => {
      await plans.add('plan', job, { ...jobOptions, jobId: `${job.issue}.plan.${job.epoch}` });
    },
    deliver: async (jobs) => {
      if (jobs.length === 0) return;
      await deliveries.addBulk(
        jobs.map((job) => ({
          name: 'deliver' as const,
          data: job,
          opts: { ...jobOptions, jobId: `${job.issue}.${job.page}.${job.epoch}` },
        })),
      );
    },
    waiting: () => deliveries.getWaitingCount(),
    close: async () => {
      await Promise.all([plans.close(), deliveries.close()]);
    },
  };
}
