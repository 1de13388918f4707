/** What a run is going to be: all of it follows from its seed. */
import { seededRandom } from '../helpers/audience.ts';
import type { SinkStage } from '../helpers/smtp-sink.ts';
import { type Fault, faults } from './faults.ts';

export interface RigKind {
  readonly workers: number;
  /** How one logs in to the relay, over STARTTLS; `none`: neither is offered. */
  readonly login: 'none' | 'PLAIN' | 'LOGIN';
}

export interface Schedule {
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly readers: number;
  /** Where the relay takes its time, and how much, so that there is a middle of things. */
  readonly slowAt: SinkStage;
  readonly slowMs: number;
  /** Whether each reader's own hour is their send time. */
  readonly localHour: boolean;
  readonly random: () => number;
}

/** Runs of one block share a rig. */
export const blockSize = 10;

export interface Choice {
  /** A fault's name, or several with ` + ` between them: nothing else is done. */
  readonly only?: string;
  /** Every other run begins with a fault whose name this matches. */
  readonly lean?: RegExp;
}

const logins = ['none', 'PLAIN', 'none', 'LOGIN'] as const;

export function rigKindOf(seed: number, { only }: Choice = {}): RigKind {
  const block = Math.floor(seed / blockSize);
  const login = logins[block % logins.length] ?? 'none';
  const needsLogin = only !== undefined && named(only).some((fault) => fault.needsLogin);
  return { workers: 1 + (block % 3), login: needsLogin && login === 'none' ? 'PLAIN' : login };
}

/** At these the relay is met once a connection; at the others once a copy. */
const openingStages: readonly SinkStage[] = ['greeting', 'ehlo', 'starttls', 'auth'];
const copyStages: readonly SinkStage[] = ['mail', 'rcpt', 'data', 'body', 'dot'];

export function isOpeningStage(stage: SinkStage): boolean {
  return openingStages.includes(stage);
}

export function scheduleOf(seed: number, choice: Choice = {}): Schedule {
  const random = seededRandom(seed * 2_654_435_761 + 1);
  const { login } = rigKindOf(seed, choice);
  const isPossible = ({ needsLogin }: Fault) => login !== 'none' || needsLogin !== true;
  const picked = pickFaults(seed, choice, random, isPossible);
  const size = picked.reduce((most, fault) => Math.max(most, fault.size ?? 0), 0);
  // What happens to workers needs copies that take their time; what the relay does comes by itself.
  const isAmidst = picked.some(({ kind }) => kind === 'process' || kind === 'redis');
  const stages = [...copyStages, 'dot' as const, ...(isAmidst ? openingStages : [])].filter(
    (stage) => login !== 'none' || (stage !== 'starttls' && stage !== 'auth'),
  );
  const slowAt = stages[Math.floor(random() * stages.length)] ?? 'dot';
  const slow = isAmidst ? (isOpeningStage(slowAt) ? [150, 300] : [20, 40, 60]) : [0, 2, 5, 15];
  return {
    seed,
    faults: picked,
    readers: size > 0 ? size : 30 + Math.floor(random() * 171),
    slowAt,
    slowMs: slow[Math.floor(random() * slow.length)] ?? 0,
    localHour: picked.some(({ localHour }) => localHour === true),
    random,
  };
}

/** One fault; in half of the runs also one or two of other kinds, and where the relay misbehaves, at several stages. */
function pickFaults(
  seed: number,
  { only, lean }: Choice,
  random: () => number,
  isPossible: (fault: Fault) => boolean,
): readonly Fault[] {
  if (only !== undefined) return named(only);
  const possible = faults.filter(isPossible);
  const leaning = lean === undefined || seed % 2 === 0 ? [] : possible.filter(({ name }) => lean.test(name));
  // Neighbouring seeds have different first faults, so that a few runs see many.
  const first = leaning[Math.floor(seed / 2) % leaning.length] ?? possible[spread(seed, possible.length)];
  if (first === undefined) throw new Error('no fault is possible');
  const picked = [first];
  const add = (from: readonly Fault[]): void => {
    const fault = from[Math.floor(random() * from.length)];
    if (fault && !picked.includes(fault)) picked.push(fault);
  };
  if (first.kind === 'relay' && first.isOfCopies) {
    const others = possible.filter((fault) => fault.isOfCopies);
    for (let more = Math.floor(random() * 4); more > 0; more--) add(others);
  }
  for (let more = random() < 0.5 ? 1 + Math.floor(random() * 2) : 0; more > 0; more--) {
    const kinds = new Set(picked.map(({ kind }) => kind));
    add(possible.filter(({ kind, isLonely }) => !kinds.has(kind) && isLonely !== true));
  }
  return first.isLonely ? [first] : picked;
}

function named(names: string): Fault[] {
  return names.split(' + ').map((wanted) => {
    const found = faults.find(({ name }) => name === wanted);
    if (found) return found;
    const all = faults.map(({ name }) => name).join(', ');
    throw new Error(`there is no fault ${JSON.stringify(wanted)}; there are: ${all}`);
  });
}

/** A step that shares no divisor with the length, so that so many seeds in a row see every place once. */
function spread(seed: number, length: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  let step = Math.floor(length * 0.382) || 1;
  while (divisor(step, length) !== 1) step++;
  return (seed * step) % length;
}
