/** Takes jobs from a queue and hands each to a function together with the signal to stop. */
import { Worker } from 'bullmq';
import { queuePrefix } from '../redis/keys.ts';
import { queueConnection } from './connection.ts';

export interface Consumer {
  /** Takes no more jobs, tells the running ones to stop, and waits for them. */
  close(): Promise<void>;
}

export interface ConsumeOptions {
  readonly redisUrl: string;
  readonly concurrency: number;
  onError(error: Error): void;
}

const retryAfterMs = 500;

/** @param handle must return soon after its signal is aborted; what it throws is logged, and the ledger wakes again */
export function consume<Job>(
  queue: 'plan' | 'deliver',
  options: ConsumeOptions,
  handle: (job: Job, signal: AbortSignal) => Promise<void>,
): Consumer {
  const stopping = new AbortController();
  const worker = new Worker<Job>(
    queue,
    async (job, _token, signal) => {
      const signals = signal === undefined ? [stopping.signal] : [stopping.signal, signal];
      await handle(job.data, AbortSignal.any(signals));
    },
    {
      connection: queueConnection(options.redisUrl),
      prefix: queuePrefix,
      concurrency: options.concurrency,
      // A job that lost its lock is given up: the ledger knows what is due, and the sweeper wakes it.
      maxStalledCount: 0,
      // Its own pause after a lost connection, 15 s, would hold up a worker long after Redis is back.
      runRetryDelay: retryAfterMs,
    },
  );
  worker.on('error', options.onError);
  worker.on('failed', (_job, error) => options.onError(error));
  return {
    close: async () => {
      stopping.abort();
      await worker.close();
    },
  };
}
