/**
 * Speaks to the ledger for all connections of a worker: what they ask and report while scripts are under way goes
 * together in the next. Outcomes go before gates, so that no copy passes while what became of one sent before it is not
 * written down; and outcomes are told again until Redis has taken them.
 */
import { setTimeout } from 'node:timers/promises';
import { PaperboyError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Journal, JournalPlace } from './journal.ts';
import type { LedgerDeps } from './ledger.ts';
import { createOutcomeNotes } from './outcome-notes.ts';
import { type Copy, type GateVerdict, pass, type SettledCopy, type SettleVerdict } from './passage.ts';

/** What the relay said of a copy that was past its gate: kept in the journal, for which a row has no room. */
export interface Evidence {
  /** The whole reply; empty when there was none. */
  readonly reply: string;
  /** Empty when the reply shows none. */
  readonly queueId: string;
}

export interface Gatekeeper {
  /** @throws when Redis did not answer: the gate may have been passed, and the copy must not go */
  askGate(copy: Copy): Promise<GateVerdict>;
  /**
   * Resolves once the ledger has taken it, however long that takes.
   * @param evidence of a copy past its gate: it is journalled before Redis is told, which a kill may prevent
   * @throws PaperboyError when no retry can help
   */
  settle(copy: SettledCopy, evidence?: Evidence): Promise<SettleVerdict>;
}

export interface GatekeeperDeps {
  readonly ledger: LedgerDeps;
  readonly journal: Pick<Journal, 'append'>;
  readonly log: Logger;
  /**
   * Asked when the gate has said yes, before the dot: whether copies must wait for what Redis has not been told yet, as
   * that readers left while it was away.
   */
  readonly mustWait?: () => boolean;
}

const longestPauseMs = 5_000;

/**
 * While Redis works on one script the next is on its way, so that neither side waits for the other. Redis runs them in
 * the order in which they were sent.
 */
const scriptsUnderWay = 2;

interface Waiting<What, Answer> {
  readonly what: What;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

export function createGatekeeper({ ledger, journal, log, mustWait }: GatekeeperDeps): Gatekeeper {
  const outcomes = createOutcomeNotes({ journal, log });
  let settlements: Waiting<SettledCopy, SettleVerdict>[] = [];
  let gates: Waiting<Copy, GateVerdict>[] = [];
  let underWay = 0;
  let isScheduled = false;
  let isPausing = false;
  let failures = 0;
  /** Whether Redis took all that the script sent last tells. */
  let latest = Promise.resolve(true);

  const wake = (): void => {
    if (isScheduled || isPausing || underWay >= scriptsUnderWay) return;
    if (settlements.length + gates.length === 0) return;
    isScheduled = true;
    // What the sockets bring in this turn of the event loop goes together.
    setImmediate(passAll);
  };

  const passAll = (): void => {
    isScheduled = false;
    outcomes.write();
    const told = settlements;
    const asked = gates;
    settlements = [];
    gates = [];
    const earlier = underWay > 0 ? latest : Promise.resolve(true);
    underWay++;
    latest = passEach(byIssue(told, asked), earlier);
  };

  const passEach = async (groups: readonly Group[], earlier: Promise<boolean>): Promise<boolean> => {
    const failed: Waiting<SettledCopy, SettleVerdict>[] = [];
    await Promise.all(
      groups.map(async (group) => {
        if (!(await passGroup(group, earlier))) failed.push(...group.told);
      }),
    );
    underWay--;
    settlements = [...failed, ...settlements];
    if (failed.length === 0) failures = 0;
    wake();
    return failed.length === 0;
  };

  /** Nothing is asked until what was not taken is told again. */
  const pauseAfterFailure = async (): Promise<void> => {
    if (isPausing) return;
    isPausing = true;
    await setTimeout(Math.min(100 * 2 ** ++failures, longestPauseMs));
    isPausing = false;
    wake();
  };

  /** @returns whether its settlements are answered */
  const passGroup = async ({ told, asked }: Group, earlier: Promise<boolean>): Promise<boolean> => {
    try {
      const { at, settled, gates } = await pass(
        ledger,
        told.map((each) => each.what),
        asked.map((each) => each.what),
      );
      told.forEach((each, index) => {
        each.resolve(settled[index] ?? 'lost');
      });
      const going = asked.filter((_, index) => gates[index] === 'go');
      const hindrance = going.length === 0 ? null : hindranceTo(going, at, await earlier);
      asked.forEach((each, index) => {
        if (hindrance !== null && gates[index] === 'go') each.reject(hindrance);
        else each.resolve(gates[index] ?? 'lost');
      });
      return true;
    } catch (error) {
      // Redis' own errors may pass; a refusal of ours will be the same tomorrow.
      const isFinal = error instanceof PaperboyError && error.retry === 'never';
      if (told.length > 0 && !isFinal) void pauseAfterFailure();
      for (const each of asked) each.reject(error);
      if (isFinal) {
        for (const each of told) each.reject(error);
        return true;
      }
      const reason = textOf(error);
      const issue = (told[0] ?? asked[0])?.what.claim.issue.id;
      log.error(
        { issue, settlements: told.length, reason },
        'Redis did not take what happened; it is told again',
      );
      return told.length === 0;
    }
  };

  /** @returns why copies must not go though the gate said yes, or null */
  const hindranceTo = (going: Group['asked'], at: number, isAllTold: boolean): unknown | null => {
    if (mustWait?.()) return new Error('Redis has to be told something first');
    if (!isAllTold) return new Error('Redis did not take what it was told before');
    return intend({ ledger, journal, log }, going, at);
  };

  return {
    askGate: (copy) =>
      new Promise((resolve, reject) => {
        gates.push({ what: copy, resolve, reject });
        wake();
      }),
    settle: (copy, evidence) =>
      new Promise((resolve, reject) => {
        if (evidence) outcomes.note({ ...placeOf(copy), settlement: copy.settlement, ...evidence });
        settlements.push({ what: copy, resolve, reject });
        wake();
      }),
  };
}

interface Group {
  readonly told: Waiting<SettledCopy, SettleVerdict>[];
  readonly asked: Waiting<Copy, GateVerdict>[];
}

function byIssue(told: Group['told'], asked: Group['asked']): Group[] {
  const groups = new Map<string, Group>();
  const groupOf = ({ claim }: Copy): Group => {
    let group = groups.get(claim.issue.id);
    if (group === undefined) {
      group = { told: [], asked: [] };
      groups.set(claim.issue.id, group);
    }
    return group;
  };
  for (const each of told) groupOf(each.what).told.push(each);
  for (const each of asked) groupOf(each.what).asked.push(each);
  return [...groups.values()];
}

/** Without its intent on file a copy does not go: after a crash nobody would know that it may have gone. */
function intend(
  { ledger, journal, log }: GatekeeperDeps,
  going: readonly Waiting<Copy, GateVerdict>[],
  at: number,
): unknown | null {
  try {
    const position = ledger.position?.highest ?? 0;
    journal.append(going.map(({ what }) => ({ ...placeOf(what), at, position })));
    return null;
  } catch (error) {
    log.error(
      { copies: going.length, reason: textOf(error) },
      'the journal cannot be written: nothing is sent',
    );
    return error;
  }
}

function placeOf({ claim, row }: Copy): JournalPlace {
  return { issue: claim.issue.id, page: claim.page, index: row.index, sid: row.sid, fence: claim.fence };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
