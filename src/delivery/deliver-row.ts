/** One copy: sent with the gate held, and what became of it settled. */

import type { SubscriberStore } from '../../subscribers/store.ts';
import type { Subscriber } from '../../subscribers/subscriber.ts';
import type { Claim, ClaimedRow } from '../ledger/claims.ts';
import type { Evidence, Gatekeeper } from '../ledger/gatekeeper.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';
import type { Settlement } from '../ledger/passage.ts';
import type { Message } from '../message/message.ts';
import type { Connection, SendOutcome } from '../transport/transport.ts';
import type { Connections } from './connections.ts';
import type { MadeCopy, MakeCopyDeps } from './make-copy.ts';
import { type NoteBounceDeps, noteBounce } from './note-bounce.ts';
import { type SettlementContext, settlementOf } from './settlement.ts';
import type { Stop } from './stop.ts';

export interface DeliverRowDeps extends MakeCopyDeps {
  readonly lanes: NoteBounceDeps['lanes'];
  readonly ledger: LedgerDeps;
  readonly subscribers: Pick<SubscriberStore, 'getMany' | 'noteBounce' | 'noteAccepted' | 'countTried'>;
  readonly connections: Connections;
  readonly gatekeeper: Gatekeeper;
  /** In [0, 1). */
  random(): number;
}

export interface Delivered {
  /** Resolves, always, once the ledger has taken what became of the copy. */
  readonly settled: Promise<void>;
  readonly stop: Stop | null;
  /** Whether the relay said yes or no to this copy. */
  readonly isAnswered: boolean;
}

/** How much later than those behind it a copy is tried again that broke its connection. */
const behindOthersMs = 5_000;

export async function deliverRow(
  deps: DeliverRowDeps,
  claim: Claim,
  row: ClaimedRow,
  made: MadeCopy,
): Promise<Delivered> {
  const settle = (settlement: Settlement) => settleSurely(deps, claim, row, settlement);
  if ('instead' in made) return { settled: settle(made.instead), stop: null, isAnswered: false };
  const { message, subscriber } = made;
  const acquired = await deps.connections.acquire();
  if ('failure' in acquired) {
    const { failure, waitMs } = acquired;
    const settlement = settlementOf(failure, contextOf(deps, row, waitMs, false));
    // Whatever a relay says to a connection, it says nothing of this reader: nobody is rejected for it.
    const settled = settlement && settle({ ...settlement, to: 'deferred', delayMs: waitMs });
    return {
      settled: settled ?? Promise.resolve(),
      stop: { delayMs: waitMs, reason: 'connection-failed' },
      isAnswered: false,
    };
  }
  const sent = await sendThroughGate(deps, claim, row, acquired.connection, message);
  deps.connections.release(acquired.connection);
  const stop = await stopAfter(deps, sent);
  const isAnswered = sent.outcome.type === 'accepted' || sent.outcome.type === 'refused';
  return { settled: settleSent(deps, claim, row, subscriber, sent, stop), stop, isAnswered };
}

interface Sent {
  readonly outcome: SendOutcome;
  /**
   * What the gate said: yes, no to this copy, no to all; `unasked` when the dialogue did not come so far, `unknown` when
   * asking failed or the fence was lost: the gate may have been passed by a question whose answer never reached us.
   */
  readonly gate: 'unasked' | 'go' | 'this-copy' | 'all-copies' | 'unknown';
}

/** States that say no to this recipient; any other says no to the whole claim (paused, cancelled, revised). */
const ownReasons: readonly string[] = ['suppressed', 'skipped', 'expired'];

async function sendThroughGate(
  deps: DeliverRowDeps,
  claim: Claim,
  row: ClaimedRow,
  connection: Connection,
  message: Message,
): Promise<Sent> {
  let gate: Sent['gate'] = 'unasked';
  const ask = async (): Promise<boolean> => {
    gate = 'unknown';
    const verdict = await deps.gatekeeper.askGate({ claim, row });
    if (verdict === 'go') gate = 'go';
    else if (verdict !== 'lost') gate = ownReasons.includes(verdict) ? 'this-copy' : 'all-copies';
    return verdict === 'go';
  };
  const outcome = await connection.send(message, ask);
  return { outcome, gate };
}

/**
 * After a broken connection, or a relay that says it is unwell (421), the relay is left alone; after one that says we
 * are too fast, the pace is another. After a gate that is closed to all, no further body is written for nothing.
 */
async function stopAfter({ connections }: DeliverRowDeps, { outcome, gate }: Sent): Promise<Stop | null> {
  if (gate === 'all-copies' || (gate === 'unknown' && outcome.type === 'withheld')) {
    return { delayMs: 0, reason: 'none' };
  }
  return await connections.note(outcome);
}

async function settleSent(
  deps: DeliverRowDeps,
  claim: Claim,
  row: ClaimedRow,
  subscriber: Subscriber,
  { outcome, gate }: Sent,
  stop: Stop | null,
): Promise<void> {
  // A copy that broke its connection comes after those that waited behind it: else it would break theirs again.
  const waitMs = (stop?.delayMs ?? 0) + behindOthersMs;
  const isUnknown = outcome.type === 'withheld' && gate === 'unknown';
  const settlement = isUnknown
    ? withheldUnknown
    : settlementOf(outcome, contextOf(deps, row, waitMs, gate === 'go'));
  if (settlement) {
    const evidence = gate === 'go' ? evidenceOf(outcome, settlement) : undefined;
    await settleSurely(deps, claim, row, settlement, evidence);
  }
  await noteBounce(deps, claim.issue.id, subscriber, outcome);
}

function evidenceOf(outcome: SendOutcome, settlement: Settlement): Evidence {
  if (outcome.type === 'accepted') return { reply: outcome.reply, queueId: outcome.queueId ?? '' };
  return { reply: settlement.reply ?? '', queueId: '' };
}

/** Nothing was sent; should the row still be ours, this says so. Else it changes nothing. */
const withheldUnknown: Settlement = { to: 'deferred', reason: 'connection-failed', delayMs: 30_000 };

function contextOf(
  deps: DeliverRowDeps,
  { attempts }: ClaimedRow,
  waitMs: number,
  isPastGate: boolean,
): SettlementContext {
  return { attempts, random: deps.random(), waitMs, isPastGate };
}

async function settleSurely(
  { gatekeeper, log }: DeliverRowDeps,
  claim: Claim,
  row: ClaimedRow,
  settlement: Settlement,
  evidence?: Evidence,
): Promise<void> {
  const verdict = await gatekeeper.settle({ claim, row, settlement }, evidence);
  if (verdict === 'ok') return;
  const where = { issue: claim.issue.id, page: claim.page, sid: row.sid, to: settlement.to };
  log.info({ ...where, verdict }, 'a copy was not settled: its row had moved on');
}
