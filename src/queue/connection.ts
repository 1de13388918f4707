/** BullMQ's own connections to the Redis that the ledger uses. */
import type { ConnectionOptions } from 'bullmq';
import { bullConnectionOptions } from '../redis/connect.ts';

/** The types of BullMQ and ioredis differ only in how they spell an option that is absent. */
export function queueConnection(redisUrl: string): ConnectionOptions {
  return bullConnectionOptions(redisUrl) as ConnectionOptions;
}
