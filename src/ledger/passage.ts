/** What is said of copies on their way out: gates asked and outcomes settled, for many copies in one script. */
import { keys } from '../redis/keys.ts';
import type { Claim, ClaimedRow } from './claims.ts';
import { type LedgerDeps, pageMember, timeArgument, workerArgument } from './ledger.ts';
import { passageScript, passageVerdicts } from './passage-script.ts';
import { type DeliveryState, deliveryStates, type Reason, reasonCode, stateCode } from './states.ts';

/** A copy: a row, and the claim that holds it. */
export interface Copy {
  readonly claim: Pick<Claim, 'issue' | 'page' | 'fence'>;
  readonly row: Pick<ClaimedRow, 'index' | 'sid'>;
}

export interface Settlement {
  readonly to: 'accepted' | 'deferred' | 'rejected' | 'uncertain' | 'suppressed' | 'skipped';
  readonly reason?: Reason;
  /** The relay's reply on one line; empty when there is none. Not given for accepted copies: it goes to the journal. */
  readonly reply?: string;
  /** Milliseconds until a deferred copy is due again, from Redis' now. */
  readonly delayMs?: number;
  /** Counts as an attempt although the gate was not reached (a refusal at RCPT, say). */
  readonly isAttempt?: boolean;
}

export interface SettledCopy extends Copy {
  readonly settlement: Settlement;
}

/** `go`: write the dot. Else nothing may be sent: the state the row went to, or `lost`. */
export type GateVerdict = 'go' | 'lost' | DeliveryState;

/**
 * `lost` when the fence is not ours any more, `illegal` when the state does not allow the move, `stale` when a copy was
 * to be skipped for a revision that is not the issue's any more: it is planned again when its claim is closed.
 */
export type SettleVerdict = 'ok' | 'lost' | 'illegal' | 'stale';

export interface Passage {
  /** Redis' time, in milliseconds since the epoch. */
  readonly at: number;
  readonly settled: readonly SettleVerdict[];
  readonly gates: readonly GateVerdict[];
}

/**
 * Settles, then asks gates, all of one issue, in one script. When it rejects, all of it may have happened, or nothing.
 * @param copies of one issue
 */
export async function pass(
  deps: LedgerDeps,
  settlements: readonly SettledCopy[],
  gates: readonly Copy[],
): Promise<Passage> {
  const first = settlements[0] ?? gates[0];
  if (first === undefined) return { at: 0, settled: [], gates: [] };
  const { issue } = first.claim;
  const pages = numbering<number>();
  const texts = numbering<string>();
  // One Buffer for all of them: one for each would be the collector's work.
  const settleBytes = Buffer.alloc(settlements.length * settleSize);
  settlements.forEach((copy, at) => {
    const reply = (copy.settlement.reply ?? '').slice(0, 500);
    const text = reply === '' ? 0 : texts.of(reply);
    writeSettlement(settleBytes, at * settleSize, copy, pages.of(copy.claim.page), text);
  });
  const gateBytes = Buffer.alloc(gates.length * gateSize);
  gates.forEach((copy, at) => {
    writeCopy(gateBytes, at * gateSize, copy, pages.of(copy.claim.page));
  });
  const remembers = deps.position?.asking();
  const reply = await passageScript.runBuffer(
    deps.redis,
    [
      keys.issue(issue.id),
      keys.counts(issue.id),
      keys.due,
      keys.replies(issue.id),
      keys.throughput(issue.id),
      keys.blocked,
      keys.left(issue.newsletter),
      keys.halted,
      keys.positions,
      keys.confirmedRun,
      ...pages.all.map((page) => keys.page(issue.id, page)),
    ],
    [
      timeArgument(deps),
      settleBytes,
      gateBytes,
      workerArgument(deps),
      ...pages.all.map((page) => pageMember(issue.id, page)),
      ...texts.all,
    ],
  );
  const [bytes, number, at] = reply as [Buffer, number, number];
  const verdicts = [...bytes];
  // A gate that was passed in a ledger that has forgotten something is no gate.
  const isWhole = remembers?.(number) ?? true;
  return {
    at,
    settled: verdicts.slice(0, settlements.length).map(settleVerdict),
    gates: verdicts.slice(settlements.length).map((code) => (isWhole ? gateVerdict(code) : 'lost')),
  };
}

/** Asks the gate for one copy. */
export async function askGate(
  deps: LedgerDeps,
  claim: Copy['claim'],
  row: Copy['row'],
): Promise<GateVerdict> {
  const { gates } = await pass(deps, [], [{ claim, row }]);
  return gates[0] ?? 'lost';
}

/** Settles one copy. */
export async function settleRow(
  deps: LedgerDeps,
  claim: Copy['claim'],
  row: Copy['row'],
  settlement: Settlement,
): Promise<SettleVerdict> {
  const { settled } = await pass(deps, [{ claim, row, settlement }], []);
  return settled[0] ?? 'lost';
}

/** Gives each value a number from 1, in the order in which they come. */
function numbering<Value>(): { of(value: Value): number; readonly all: readonly Value[] } {
  const numbers = new Map<Value, number>();
  const all: Value[] = [];
  return {
    all,
    of: (value) => {
      const known = numbers.get(value);
      if (known !== undefined) return known;
      all.push(value);
      numbers.set(value, all.length);
      return all.length;
    },
  };
}

/** Octets of a gate and of a settlement: `gateFormat`, `settleFormat`. */
const gateSize = 12;
const settleSize = 22;

function writeCopy(bytes: Buffer, at: number, { claim, row }: Copy, page: number): void {
  bytes.writeUInt16LE(page, at);
  bytes.writeUInt16LE(row.index, at + 2);
  bytes.writeUInt32LE(row.sid, at + 4);
  bytes.writeUInt32LE(claim.fence, at + 8);
}

function writeSettlement(bytes: Buffer, at: number, copy: SettledCopy, page: number, reply: number): void {
  const { to, reason = 'none', isAttempt = false, delayMs = 0 } = copy.settlement;
  writeCopy(bytes, at, copy, page);
  bytes.writeUInt8(stateCode(to), at + 12);
  bytes.writeUInt8(reasonCode(reason), at + 13);
  bytes.writeUInt8(isAttempt ? 1 : 0, at + 14);
  bytes.writeUInt16LE(reply, at + 16);
  bytes.writeUInt32LE(Math.min(0xffff_ffff, Math.max(0, Math.round(delayMs))), at + 18);
}

function settleVerdict(code: number): SettleVerdict {
  if (code === passageVerdicts.ok) return 'ok';
  if (code === passageVerdicts.illegal) return 'illegal';
  return code === passageVerdicts.stale ? 'stale' : 'lost';
}

function gateVerdict(code: number): GateVerdict {
  const state = deliveryStates[code - 1];
  if (state === undefined) return 'lost';
  return state === 'committing' ? 'go' : state;
}
