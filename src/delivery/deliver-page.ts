/** Delivers what is due of one page: claim, compose, send with the gate held, settle. The ledger decides every step. */

import { setTimeout } from 'node:timers/promises';
import type { SubscriberStore } from '../../subscribers/store.ts';
import type { Subscriber } from '../../subscribers/subscriber.ts';
import { randomFence } from '../core/ids.ts';
import type { Logger } from '../core/log.ts';
import {
  askGate,
  type Claim,
  type ClaimedRow,
  type ClaimRequest,
  claimRows,
  releaseClaim,
  type Settlement,
  settleRow,
} from '../ledger/claims.ts';
import { demandIssue } from '../ledger/issues.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';
import { compose } from '../message/compose.ts';
import type { Message } from '../message/message.ts';
import type { Connection, SendOutcome } from '../transport/transport.ts';
import type { Connections } from './connections.ts';
import type { EditionSource } from './edition-source.ts';
import type { Links } from './links.ts';
import { settlementOf } from './settlement.ts';

export interface DeliverDeps {
  readonly ledger: LedgerDeps;
  readonly subscribers: Pick<SubscriberStore, 'getMany' | 'suppress'>;
  readonly editions: EditionSource;
  readonly connections: Connections;
  readonly links: Links;
  readonly log: Logger;
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** The life this worker leads now; a new one begins when it was declared dead. */
  incarnation(): string;
}

/** Rows of one claim. A dead worker's claim is what others wait for; a small one costs one more script a claim. */
const claimSize = 50;

/** @param signal stops it after the copy that is under way */
export async function deliverPage(
  deps: DeliverDeps,
  issueId: string,
  page: number,
  signal: AbortSignal,
): Promise<void> {
  for (let hasMore = true; hasMore && !signal.aborted; ) {
    const issue = await demandIssue(deps.ledger, issueId);
    const request = { issue, page, fence: randomFence(), incarnation: deps.incarnation() };
    const claim = await claimSurely(deps, request);
    if (claim === null || claim.rows.length === 0) return;
    const wentWell = await deliverClaim(deps, claim, signal);
    hasMore = claim.hasMore && wentWell;
  }
}

/** A claim whose answer got lost may have been made: then what it took is given back before anything else. */
async function claimSurely(deps: DeliverDeps, request: ClaimRequest): Promise<Claim | null> {
  try {
    return await claimRows(deps.ledger, request, claimSize);
  } catch (error) {
    await releaseSurely(deps, request);
    throw error;
  }
}

/** @returns false when the relay is away: what is left of the claim is deferred */
async function deliverClaim(deps: DeliverDeps, claim: Claim, signal: AbortSignal): Promise<boolean> {
  let failure: RelayAway | undefined;
  try {
    const subscribers = await deps.subscribers.getMany(claim.rows.map((row) => row.sid));
    for (const [position, row] of claim.rows.entries()) {
      if (signal.aborted || failure) break;
      failure = await deliverRow(deps, claim, row, subscribers[position] ?? null);
    }
    return failure === undefined;
  } finally {
    const defer = failure && { dueAt: deps.now() + failure.waitMs, reason: 'connection-failed' as const };
    await releaseSurely(deps, claim, defer);
  }
}

interface RelayAway {
  readonly waitMs: number;
}

async function deliverRow(
  deps: DeliverDeps,
  claim: Claim,
  row: ClaimedRow,
  subscriber: Subscriber | null,
): Promise<RelayAway | undefined> {
  const settle = (settlement: Settlement) => settleSurely(deps, claim, row, settlement);
  if (subscriber === null) {
    await settle({ to: 'suppressed', reason: 'forgotten' });
    return undefined;
  }
  const edition = await deps.editions.get(claim.issue, row.preferenceSet);
  if (edition === null) {
    await settle({ to: 'skipped', reason: 'no-stories' });
    return undefined;
  }
  const acquired = await deps.connections.acquire();
  if ('failure' in acquired) {
    const settlement = settlementOf(acquired.failure, { ...contextOf(deps, row), waitMs: acquired.waitMs });
    if (settlement) await settle({ ...settlement, to: 'deferred', dueAt: deps.now() + acquired.waitMs });
    return { waitMs: acquired.waitMs };
  }
  const message = compose(edition, {
    address: subscriber.address,
    name: subscriber.name,
    sid: subscriber.sid,
    sendAt: row.sendAt * 1000,
    ...deps.links.of(subscriber.sid, claim.issue.newsletter),
  });
  const sent = await sendThroughGate(deps, claim, row, acquired.connection, message);
  deps.connections.release(acquired.connection);
  return await settleOutcome(deps, claim, row, subscriber, sent);
}

interface Sent {
  readonly outcome: SendOutcome;
  /**
   * What the gate said; `unasked` when the dialogue did not come so far, `unknown` when asking failed or the fence was
   * lost: then the gate may have been passed by a question whose answer never reached us.
   */
  readonly gate: 'unasked' | 'go' | 'refused' | 'unknown';
}

async function sendThroughGate(
  deps: DeliverDeps,
  claim: Claim,
  row: ClaimedRow,
  connection: Connection,
  message: Message,
): Promise<Sent> {
  let gate: Sent['gate'] = 'unasked';
  const outcome = await connection.send(message, async () => {
    gate = 'unknown';
    const verdict = await askGate(deps.ledger, claim, row);
    if (verdict !== 'lost') gate = verdict === 'go' ? 'go' : 'refused';
    return verdict === 'go';
  });
  return { outcome, gate };
}

async function settleOutcome(
  deps: DeliverDeps,
  claim: Claim,
  row: ClaimedRow,
  subscriber: Subscriber,
  { outcome, gate }: Sent,
): Promise<RelayAway | undefined> {
  const isBroken = outcome.type === 'broken';
  const waitMs = isBroken ? deps.connections.failed() : 0;
  if (outcome.type === 'accepted') deps.connections.succeeded();
  const settlement =
    outcome.type === 'withheld' && gate === 'unknown'
      ? // Nothing was sent; should the row still be ours, this says so. Else it changes nothing.
        { to: 'deferred' as const, reason: 'connection-failed' as const, dueAt: deps.now() + 30_000 }
      : settlementOf(outcome, { ...contextOf(deps, row), waitMs, isPastGate: gate === 'go' });
  if (settlement) await settleSurely(deps, claim, row, settlement);
  if (outcome.type === 'refused' && outcome.refusal.suppress) {
    await deps.subscribers.suppress(subscriber.address, {
      reason: 'bounce',
      evidence: outcome.refusal.reply,
    });
  }
  const isHostUnwell = outcome.type === 'refused' && outcome.refusal.class === 'host';
  if (isHostUnwell) return { waitMs: deps.connections.failed() };
  return isBroken ? { waitMs } : undefined;
}

function contextOf(deps: DeliverDeps, row: ClaimedRow) {
  return { now: deps.now(), attempts: row.attempts, random: deps.random(), waitMs: 0, isPastGate: false };
}

/** What happened must be recorded: while Redis does not answer, the row is settled again and again. */
async function settleSurely(
  deps: DeliverDeps,
  claim: Claim,
  row: ClaimedRow,
  settlement: Settlement,
): Promise<void> {
  const where = { issue: claim.issue.id, page: claim.page, sid: row.sid, to: settlement.to };
  const reply = await insist(deps, where, () => settleRow(deps.ledger, claim, row, settlement));
  if (reply !== 'ok') deps.log.info({ ...where, reply }, 'a copy was not settled: its row had moved on');
}

async function releaseSurely(
  deps: DeliverDeps,
  claim: ClaimRequest,
  defer?: { readonly dueAt: number; readonly reason: 'connection-failed' },
): Promise<void> {
  const open = { ...claim, issueId: claim.issue.id };
  const where = { issue: claim.issue.id, page: claim.page };
  await insist(deps, where, () => releaseClaim(deps.ledger, open, claim.incarnation, defer));
}

const longestPauseMs = 5_000;

/** Tries until Redis answers: until then this worker can do nothing else that is of use. */
async function insist<Reply>(deps: DeliverDeps, where: object, ask: () => Promise<Reply>): Promise<Reply> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      deps.log.error({ ...where, attempt, error }, 'Redis did not take what happened; it is told again');
      await setTimeout(Math.min(100 * 2 ** attempt, longestPauseMs));
    }
  }
}
