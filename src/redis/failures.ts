/** What Redis and ioredis throw, as errors with a code: a full, read-only or silent server is no fault of ours. */
import { PaperboyError, toPaperboyError } from '../core/errors.ts';

/** What ioredis says when no reply came in time, when the connection broke amid the replies, and when it gave up. */
const unanswered =
  /^(?:Command timed out|Command aborted due to connection close|Connection is closed\.|Reached the max retries per request)/;

/** @returns null when it is nothing that Redis or ioredis throws */
export function redisFailure(thrown: unknown): PaperboyError | null {
  if (!(thrown instanceof Error) || thrown instanceof PaperboyError) return null;
  const { message } = thrown;
  if (message.startsWith('OOM ')) {
    return new PaperboyError('redis-full', `Redis has no memory left: ${message}`, {
      hint: 'raise maxmemory; what was sent is on record, and the rest goes on once there is room',
      cause: thrown,
    });
  }
  if (/^(?:READONLY|MISCONF) /.test(message)) {
    return new PaperboyError('redis-read-only', `Redis takes no writes: ${message}`, {
      hint: 'a replica, or a disk that is full or broken: see the log of the server',
      cause: thrown,
    });
  }
  if (unanswered.test(message)) {
    return new PaperboyError('redis-unreachable', `Redis does not answer: ${message}`, { cause: thrown });
  }
  return null;
}

/** Whatever was thrown as an error with a code, what Redis and ioredis throw included. */
export function errorOf(thrown: unknown): PaperboyError {
  return redisFailure(thrown) ?? toPaperboyError(thrown);
}
