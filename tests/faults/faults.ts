/** The catalogue of faults. */
import type { SinkStage } from '../helpers/smtp-sink.ts';
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
  /** Dealt so many times as often as others, because it strikes once in a run and no more. Default 1. */
  readonly deals?: number;
  /** Nothing goes any more after it: it strikes after the others of its run. */
  readonly isLast?: boolean;
  /** Where alone it can be met, because it is what the relay says or does there; default: wherever a connection stands. */
  readonly onlyAt?: readonly SinkStage[];
  /** Strikes who plans or claims: it is met there, wherever connections stand meanwhile. */
  readonly meets?: 'plan' | 'claim';
  /** Happens to the copies of some readers, so that several of them get along in one run. */
  readonly isOfCopies?: boolean;
  /** Needs a relay that offers STARTTLS and AUTH. */
  readonly needsLogin?: boolean;
  /** Happens at DATA, which a relay that takes chunks never hears. */
  readonly needsData?: boolean;
  /** Needs so many workers. */
  readonly needsWorkers?: number;
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
