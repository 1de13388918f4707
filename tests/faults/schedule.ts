/** What a run is going to be: all of it follows from its seed. */
import { seededRandom } from '../helpers/audience.ts';
import type { SinkStage } from '../helpers/smtp-sink.ts';
import { createDealer, type Hand, isPossible, type RigKind, strikes } from './deal.ts';
import { type Fault, faults } from './faults.ts';

export interface Schedule {
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly readers: number;
  /** Where the relay takes its time; and how much, or how long it keeps connections there once a fault has struck. */
  readonly slowAt: SinkStage;
  readonly slowMs: number;
  /** Whether each reader's own hour is their send time. */
  readonly localHour: boolean;
  readonly random: () => number;
}

/** So many readers get a copy, unless the plan needs more. */
export const largest = 700;

/** Runs of one block share a rig. */
export const blockSize = 10;

export interface Choice {
  /** A fault's name, or several with ` + ` between them: nothing else is done. */
  readonly only?: string;
  /** Every other run begins with a fault whose name this matches. */
  readonly lean?: RegExp;
}

const logins = ['none', 'PLAIN', 'LOGIN', 'none'] as const;

export function rigKindOf(seed: number, { only }: Choice = {}): RigKind {
  const block = Math.floor(seed / blockSize);
  const login = logins[block % logins.length] ?? 'none';
  const wanted = only === undefined ? [] : named(only);
  const needsLogin = wanted.some((fault) => fault.needsLogin);
  return {
    workers: 1 + (block % 3),
    login: needsLogin && login === 'none' ? 'PLAIN' : login,
    chunking: Math.floor(block / logins.length) % 2 === 1 && !wanted.some((fault) => fault.needsData),
  };
}

const dealer = createDealer(rigKindOf);

export function scheduleOf(seed: number, choice: Choice = {}): Schedule {
  const random = seededRandom(seed * 2_654_435_761 + 1);
  const { slowAt, faults: picked } = handOf(seed, choice);
  const size = picked.reduce((most, fault) => Math.max(most, fault.size ?? 0), 0);
  const isAmidst = picked.some(strikes);
  const slow = isAmidst ? [150, 200, 250] : [0, 2, 5, 15];
  const readers = isAmidst ? 450 + random() * (largest - 450) : 30 + random() * 170;
  return {
    seed,
    faults: picked,
    readers: size > 0 ? size : Math.floor(readers),
    slowAt,
    slowMs: slow[Math.floor(random() * slow.length)] ?? 0,
    localHour: picked.some(({ localHour }) => localHour === true),
    random,
  };
}

function handOf(seed: number, { only, lean }: Choice): Hand {
  const hand = dealer.deal(seed);
  if (only !== undefined) return { ...hand, faults: named(only) };
  if (lean === undefined || seed % 2 === 0) return hand;
  const rig = rigKindOf(seed);
  const leaning = faults.filter((fault) => lean.test(fault.name) && isPossible(fault, rig));
  const first = leaning[Math.floor(seed / 2) % leaning.length];
  if (first === undefined) return hand;
  // Every other time it comes alone.
  const others = hand.faults.filter(({ kind, isLonely }) => kind !== first.kind && isLonely !== true);
  return { ...hand, faults: first.isLonely || seed % 4 === 1 ? [first] : [first, ...others] };
}

function named(names: string): Fault[] {
  return names.split(' + ').map((wanted) => {
    const found = faults.find(({ name }) => name === wanted);
    if (found) return found;
    const all = faults.map(({ name }) => name).join(', ');
    throw new Error(`there is no fault ${JSON.stringify(wanted)}; there are: ${all}`);
  });
}
