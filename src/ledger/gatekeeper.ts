/**
 * Speaks to the ledger for all connections of a worker: what they ask and report while one script is under way goes
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
   * Whether copies must wait for what Redis has not been told yet, as that readers left while it was away. Asked before
   * the gate is, and when it has said yes, before the dot: it may be told between the two, by another process.
   */
  readonly mustWait?: () => boolean;
}

const longestPauseMs = 5_000;

interface Waiting<What, Answer> {
  readonly what: What;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

export function createGatekeeper({ ledger, journal, log, mustWait }: GatekeeperDeps): Gatekeeper {
  const outcomes = createOutcomeNotes({ journal, log });
  let settlements: Waiting<SettledCopy, SettleVerdict>[] = [];
  let gates: Waiting<Copy, GateVerdict>[] = [];
  let isUnderWay = false;
  let failures = 0;
  let losses = 0;
  ledger.redis.on('close', () => {
    losses++;
  });

  const wake = (): void => {
    if (isUnderWay) return;
    isUnderWay = true;
    // What the sockets bring in this turn of the event loop goes together.
    setImmediate(() => void passAll());
  };

  const passAll = async (): Promise<void> => {
    while (settlements.length + gates.length > 0) {
      outcomes.write();
      const told = settlements;
      const asked = gates;
      settlements = [];
      gates = [];
      const failed: typeof told = [];
      await Promise.all(
        byIssue(told, asked).map(async (group) => {
          if (!(await passGroup(group))) failed.push(...group.told);
        }),
      );
      settlements = [...failed, ...settlements];
      if (failed.length === 0) failures = 0;
      else await setTimeout(Math.min(100 * 2 ** ++failures, longestPauseMs));
    }
    isUnderWay = false;
  };

  /** @returns whether its settlements are answered */
  const passGroup = async ({ told, asked }: Group): Promise<boolean> => {
    const hadToWait = asked.length > 0 && mustWait?.() === true;
    const lossesBefore = losses;
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
      const objection = objectionTo(going, hadToWait, losses > lossesBefore);
      const why = objection ?? intend({ ledger, journal, log }, going, at);
      asked.forEach((each, index) => {
        if (why !== null && gates[index] === 'go') each.reject(why);
        else each.resolve(gates[index] ?? 'lost');
      });
      return true;
    } catch (error) {
      for (const each of asked) each.reject(error);
      // Redis' own errors may pass; a refusal of ours will be the same tomorrow.
      if (error instanceof PaperboyError && error.retry === 'never') {
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

  /**
   * What a gate said that was on its way when Redis went away is of unknown age: it was asked once more when Redis came
   * back, and who left meanwhile may have been told, and their note carried out, since.
   */
  const objectionTo = (going: Group['asked'], hadToWait: boolean, wasAway: boolean): Error | null => {
    if (going.length > 0 && (hadToWait || mustWait?.()))
      return new Error('Redis has to be told something first');
    return wasAway ? new Error('Redis was away while it was asked') : null;
  };

  return {
    askGate: (copy) =>
      new Promise((resolve, reject) => {
        gates.push({ what: copy, resolve, reject });
        wake();
      }),
    settle: (copy, evidence) =>
      new Promise((resolve, reject) => {
        if (evidence) {
          const { reply, queueId } = evidence;
          outcomes.note({ ...placeOf(copy), settlement: copy.settlement, reply, queueId });
        }
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
  if (going.length === 0) return null;
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
