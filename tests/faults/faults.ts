/** The catalogue of faults. */
import { operatorFaults } from './operator-faults.ts';
import { processFaults } from './process-faults.ts';
import { relayFaults } from './relay-faults.ts';
import type { FaultContext } from './run-context.ts';

export interface Fault {
  readonly name: string;
  readonly kind: 'relay' | 'process' | 'redis' | 'operator';
  /** How many readers it needs to show; default: the run's. */
  readonly size?: number;
  /** Begins right after publishing; resolves when the fault is over. */
  act(run: FaultContext): Promise<void>;
}

export const faults: readonly Fault[] = [...relayFaults, ...processFaults, ...operatorFaults];
