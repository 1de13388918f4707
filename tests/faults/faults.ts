/** The catalogue of faults. */
import { lineFaults } from './line-faults.ts';
import { operatorFaults } from './operator-faults.ts';
import { redisFaults } from './redis-faults.ts';
import { relayFaults } from './relay-faults.ts';
import { rollbackFaults } from './rollback-faults.ts';
import type { FaultContext } from './run-context.ts';
import { secondThoughts } from './second-thoughts.ts';
import { workerFaults } from './worker-faults.ts';

export interface Fault {
  readonly name: string;
  readonly kind: 'relay' | 'process' | 'redis' | 'operator';
  /** How many readers it needs to show; default: the run's. */
  readonly size?: number;
  /** Happens to the copies of some readers, so that several of them get along in one run. */
  readonly isOfCopies?: boolean;
  /** Needs a relay that offers STARTTLS and AUTH. */
  readonly needsLogin?: boolean;
  /** Needs an issue that goes to each reader at their own hour. */
  readonly localHour?: boolean;
  /** Cuts lines to the relay though it is no fault of the relay's. */
  readonly cutsLines?: boolean;
  /** Cannot be judged beside others. */
  readonly isLonely?: boolean;
  /** Begins right after publishing; resolves when the fault is over. */
  act(run: FaultContext): Promise<void>;
}

export const faults: readonly Fault[] = [
  ...relayFaults,
  ...lineFaults,
  ...workerFaults,
  ...redisFaults,
  ...rollbackFaults,
  ...operatorFaults,
  ...secondThoughts,
];
