/** What a fault knows and may do, and what it tells the judge about what it did. */
import type { Row } from '../../src/ledger/row.ts';
import type { SinkRule } from '../helpers/smtp-sink.ts';
import type { Rig } from './rig.ts';

export interface Reader {
  readonly sid: number;
  readonly address: string;
}

/** What faults did, for the judge. By address. */
export interface Facts {
  /** Their dot got no reply: each must end as uncertain, if it came so far. */
  readonly unanswered: Set<string>;
  /** So many others may be uncertain: what was past its gate in a process that died. */
  mayBeUncertain: number;
  /** Not past their gate when something was said that forbids their copy → what it was. */
  readonly barred: Map<string, string>;
  /** Not past their gate when the issue was revised: they get the second revision or nothing. */
  readonly revised: Set<string>;
  /** Whom the relay refuses with a 5xx; nobody else may end as rejected. */
  readonly mayReject: Set<string>;
  /** Whose address the relay said positively does not exist, or the operator suppressed. */
  readonly maySuppress: Set<string>;
  /** What was found wrong on the way. */
  readonly violations: Set<string>;
}

export function noFacts(): Facts {
  return {
    unanswered: new Set(),
    mayBeUncertain: 0,
    barred: new Map(),
    revised: new Set(),
    mayReject: new Set(),
    maySuppress: new Set(),
    violations: new Set(),
  };
}

export interface FaultContext {
  readonly rig: Rig;
  readonly issue: string;
  readonly newsletter: string;
  readonly facts: Facts;
  /** In [0, 1), by the run's seed. */
  random(): number;
  /** So many readers that no other fault of this run has picked. */
  pick(count: number): readonly Reader[];
  /** Rules that are obeyed before those of everybody. */
  obey(...rules: readonly SinkRule[]): Promise<void>;
  /** Resolves when that share of the recipients has been served, or nothing more will be. */
  reach(share: number): Promise<void>;
  /** Whether nothing of the issue is open any more. */
  isOver(): Promise<boolean>;
  /** All rows, by sid; readers who have none yet are missing. */
  rows(): Promise<ReadonlyMap<number, Row>>;
  /** Readers whose copy has not passed its gate, of those given. */
  notPastGate(readers: readonly Reader[]): Promise<readonly Reader[]>;
  readonly readers: readonly Reader[];
  /** Whether this fault is the only one of its run. */
  readonly isAlone: boolean;
  /** Publishes the issue with its second content. */
  revise(): Promise<void>;
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
