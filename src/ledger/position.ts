/**
 * How far a worker has come: every script that it runs raises a number of its own in Redis. A number that has not risen
 * tells that Redis has forgotten what it acknowledged: its tail was lost, an old copy restored, a replica promoted.
 */
import { PaperboyError } from '../core/errors.ts';

export interface Position {
  /** Names the worker and its journal. */
  readonly worker: string;
  /** The highest number that Redis has answered. */
  readonly highest: number;
  /** Whether Redis has answered a number that it had passed already. */
  readonly isForgotten: boolean;
  /**
   * Call it before a script that raises the number, and what it gives with the answer: whether Redis still remembers all
   * that it had acknowledged when it was asked. Answers of scripts asked side by side may be read in any order.
   */
  asking(): (answer: number) => boolean;
  /** Redis was told again what it had forgotten. */
  restored(highest: number): void;
}

export function createPosition(worker: string): Position {
  let highest = 0;
  let isForgotten = false;
  return {
    worker,
    get highest() {
      return highest;
    },
    get isForgotten() {
      return isForgotten;
    },
    asking: () => {
      const acknowledged = highest;
      return (answer) => {
        if (answer <= acknowledged) isForgotten = true;
        highest = Math.max(highest, answer);
        return !isForgotten;
      };
    },
    restored: (number) => {
      highest = Math.max(highest, number);
      isForgotten = false;
    },
  };
}

/** What is thrown when `asking` said no. */
export function redisForgot({ worker, highest }: Position, answer: number): PaperboyError {
  return new PaperboyError(
    'redis-forgot',
    `Redis has ${answer} writes of worker ${worker} on record, and had acknowledged ${highest}`,
    { hint: 'sending stops until the journals of all workers have been applied' },
  );
}
