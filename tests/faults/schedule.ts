/** What a run is going to be: all of it follows from its seed. */
import { seededRandom } from '../helpers/audience.ts';
import { type Fault, faults } from './faults.ts';

export interface Schedule {
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly readers: number;
  /** Where the relay takes its time, and how much, so that there is a middle of things. */
  readonly slowAt: 'data' | 'dot';
  readonly slowMs: number;
  readonly random: () => number;
}

/** Runs of one block share a rig. */
export const blockSize = 20;

export function workersOf(seed: number): number {
  return 1 + (Math.floor(seed / blockSize) % 3);
}

export interface Choice {
  /** A fault's name: nothing else is done. */
  readonly only?: string;
  /** Every other run begins with a fault whose name this matches. */
  readonly lean?: RegExp;
}

export function scheduleOf(seed: number, { only, lean }: Choice = {}): Schedule {
  const random = seededRandom(seed * 2_654_435_761 + 1);
  const chosen = only === undefined ? undefined : faults.find(({ name }) => name === only);
  if (only !== undefined && chosen === undefined) {
    throw new Error(
      `there is no fault ${JSON.stringify(only)}; there are: ${faults.map(({ name }) => name).join(', ')}`,
    );
  }
  const leaning = lean === undefined || seed % 2 === 0 ? [] : faults.filter(({ name }) => lean.test(name));
  // Neighbouring seeds have different first faults, so that a few runs see many.
  const first =
    chosen ?? leaning[Math.floor(seed / 2) % leaning.length] ?? faults[(seed * 19) % faults.length];
  const second = faults[Math.floor(random() * faults.length)];
  const two = chosen === undefined && random() < 0.4 && first?.kind !== second?.kind;
  const picked = [first, ...(two ? [second] : [])].filter((fault) => fault !== undefined);
  const size = picked.reduce((most, fault) => Math.max(most, fault.size ?? 0), 0);
  const slow = picked.some(({ kind }) => kind === 'process') ? [20, 40, 60] : [0, 2, 5, 15];
  return {
    seed,
    faults: picked,
    readers: size > 0 ? size : 30 + Math.floor(random() * 171),
    slowAt: random() < 0.5 ? 'dot' : 'data',
    slowMs: slow[Math.floor(random() * slow.length)] ?? 0,
    random,
  };
}
