/** What a fault knows and may do, and what it tells the judge about what it did. */
import type { Row } from '../../src/ledger/row.ts';
import type { SinkRule, SinkStage } from '../helpers/smtp-sink.ts';
import type { Rig } from './rig.ts';

export interface Reader {
  readonly sid: number;
  readonly address: string;
}

/** What faults did, for the judge. By address. */
export interface Facts {
  /** So many may be uncertain without a fault of the relay's: what was past its gate in a process that died. */
  mayBeUncertain: number;
  /** Not past their gate when something was said that forbids their copy → what it was. */
  readonly barred: Map<string, string>;
  /** Told that they have left, when no gate could be passed → from when on (ms) nothing of theirs may be received. */
  readonly goneSince: Map<string, number>;
  /** Not past their gate when the issue was revised: they get the second revision or nothing. */
  readonly revised: Set<string>;
  /** Whom the relay refuses with a 5xx; nobody else may end as rejected. */
  readonly mayReject: Set<string>;
  /** Refused with a 5xx each time: once is enough. */
  readonly mustReject: Set<string>;
  /** Whose address the relay said positively does not exist, or the operator suppressed. */
  readonly maySuppress: Set<string>;
  /** Uncertain ones that the operator sent to once more: they may have two copies. */
  readonly sentAgain: Set<string>;
  /** Issues that correct this one. */
  readonly corrections: Set<string>;
  /** Zone and hour were changed while the issue was planned. */
  readonly moved: Set<string>;
  /** What was found wrong on the way. */
  readonly violations: Set<string>;
  /** Fault → stage of the dialogue (of connections that were amid it when the fault struck) → how often. */
  readonly hits: Map<string, Map<string, number>>;
}

export function noFacts(): Facts {
  return {
    mayBeUncertain: 0,
    barred: new Map(),
    goneSince: new Map(),
    revised: new Set(),
    mayReject: new Set(),
    mustReject: new Set(),
    maySuppress: new Set(),
    sentAgain: new Set(),
    corrections: new Set(),
    moved: new Set(),
    violations: new Set(),
    hits: new Map(),
  };
}

/** These are not to get a copy any more. @param readers not past their gate when it was said. @param by what was said */
export function bar({ facts }: FaultContext, readers: readonly Reader[], by: string): void {
  for (const { address } of readers) facts.barred.set(address, by);
}

export function addHits({ hits }: Facts, fault: string, stage: string, count: number): void {
  const stages = hits.get(fault) ?? new Map<string, number>();
  hits.set(fault, stages.set(stage, (stages.get(stage) ?? 0) + count));
}

/** What an issue's second and third content are published as. */
export type Change = 'revise' | 'correct';

export interface FaultContext {
  readonly rig: Rig;
  readonly issue: string;
  readonly newsletter: string;
  readonly facts: Facts;
  /** In [0, 1), by the run's seed. */
  random(): number;
  /** So many readers that no other fault of this run has picked. */
  pick(count: number): readonly Reader[];
  /** Rules that are obeyed before those of everybody; each time counts as a hit of this fault. */
  obey(...rules: readonly SinkRule[]): Promise<void>;
  /** Resolves when that share of the recipients has been served, or nothing more will be, or it takes too long. */
  reach(share: number): Promise<void>;
  /** A moment amid the sending: connections stand where this run's relay is slow. */
  moment(): Promise<void>;
  /** Resolves when all connections that come there stand there, or it takes longer than that (ms); they stay until it strikes. */
  hold(patience: number): Promise<void>;
  /** Whether connections are kept where the relay is slow, so that nothing moves. */
  isHeld(): boolean;
  /** Counts what the fault meets: to be called at the moment it strikes. */
  strike(): Promise<void>;
  /** How many faults that strike from outside have not ended yet. */
  strikesLeft(): number;
  /** Whether nothing is open any more, of the issue and its corrections. */
  isOver(): Promise<boolean>;
  /** All rows, by sid; readers who have none yet are missing. */
  rows(): Promise<ReadonlyMap<number, Row>>;
  /** Readers whose copy has not passed its gate, of those given. */
  notPastGate(readers: readonly Reader[]): Promise<readonly Reader[]>;
  readonly readers: readonly Reader[];
  /** Whether this fault is the only one of its run. */
  readonly isAlone: boolean;
  /** Publishes the issue with its second content, or a correction to those who have it. */
  change(how: Change): Promise<void>;
  /** Asks to publish the same once more, as the second operator. */
  publishAgain(): Promise<boolean>;
}

/** A rule's `matching` for these readers and nobody else. */
export function onlyFor(readers: readonly Reader[]): RegExp {
  if (readers.length === 0) return /$^/;
  return new RegExp(`^(${readers.map(({ address }) => address.replaceAll('.', '\\.')).join('|')})$`);
}

/** The same at MAIL, where the envelope sender names the copy (see `src/message/verp.ts`). */
export function onlyFrom(readers: readonly Reader[]): RegExp {
  if (readers.length === 0) return /$^/;
  return new RegExp(`-(${readers.map(({ sid }) => sid.toString(36)).join('|')})-`);
}

/** The same at any stage of a copy. */
export function only(readers: readonly Reader[], at: SinkStage): RegExp {
  return at === 'mail' ? onlyFrom(readers) : onlyFor(readers);
}

/** How long anything that a fault waits for may take. */
export const patienceMs = 15_000;

/** So long it is waited for that connections stand where the relay is slow. */
export const momentMs = 2_500;
