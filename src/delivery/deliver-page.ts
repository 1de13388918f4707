/** Delivers what is due of one page, a claim at a time. The ledger decides every step. */
import { toPaperboyError } from '../core/errors.ts';
import { randomFence } from '../core/ids.ts';
import { type Claim, type ClaimRequest, claimRows, releaseClaim } from '../ledger/claims.ts';
import { demandIssue } from '../ledger/issues.ts';
import { type DeliverRowDeps, deliverRow, type Stop } from './deliver-row.ts';
import { insist } from './insist.ts';
import { everyonesLane } from './lane.ts';
import type { RollCall } from './roll-call.ts';

export interface DeliverDeps extends DeliverRowDeps {
  readonly rollCall: Pick<RollCall, 'confirmed'>;
  /** The life this worker leads now; a new one begins when it was declared dead. */
  incarnation(): string;
  /** Whether Redis has little memory left. */
  isMemoryTight(): boolean;
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
  for (let hasMore = true; hasMore && !signal.aborted && !deps.isMemoryTight(); ) {
    const issue = await demandIssue(deps.ledger, issueId);
    const request = { issue, page, fence: randomFence(), incarnation: deps.incarnation() };
    const claim = await claimSurely(deps, request);
    if (claim === 'unconfirmed') {
      await deps.rollCall.confirmed(signal);
      continue;
    }
    if (claim === null || claim.rows.length === 0) return;
    const stop = await deliverClaim(deps, claim, signal);
    hasMore = claim.hasMore && stop === null;
  }
}

/**
 * A claim whose answer got lost may have been made: then what it took is given back before anything else.
 * @returns `unconfirmed` when it is not known whether Redis remembers everything
 */
async function claimSurely(deps: DeliverDeps, request: ClaimRequest): Promise<Claim | null | 'unconfirmed'> {
  try {
    return await claimRows(deps.ledger, request, claimSize);
  } catch (error) {
    const { code } = toPaperboyError(error);
    if (code === 'redis-unconfirmed') return 'unconfirmed';
    await releaseSurely(deps, request, null);
    if (code === 'redis-forgot') return 'unconfirmed';
    throw error;
  }
}

/** A fault of our own, met amid a claim, is not met again at once. */
const afterFaultMs = 30_000;

/** @returns why the rest of the claim was given back, or null */
async function deliverClaim(deps: DeliverDeps, claim: Claim, signal: AbortSignal): Promise<Stop | null> {
  let stop: Stop | null = { delayMs: afterFaultMs, reason: 'worker-fault' };
  // A copy is settled while the next one is on its way: the gatekeeper tells of it before it asks for the next.
  let settling: Promise<void> = Promise.resolve();
  let answered = 0;
  try {
    const subscribers = await deps.subscribers.getMany(claim.rows.map((row) => row.sid));
    stop = null;
    for (const [position, row] of claim.rows.entries()) {
      if (signal.aborted || stop !== null) break;
      const delivered = await deliverRow(deps, claim, row, subscribers[position] ?? null);
      await settling;
      settling = delivered.settled;
      stop = delivered.stop;
      if (delivered.isAnswered) answered++;
    }
    return stop;
  } finally {
    await settling;
    await releaseSurely(deps, claim, stop);
    await countTried(deps, answered);
  }
}

/** What the alarm compares bounces with; a count that gets lost makes it no less careful. */
async function countTried({ subscribers, log }: DeliverDeps, copies: number): Promise<void> {
  if (copies === 0) return;
  try {
    await subscribers.countTried(everyonesLane, copies);
  } catch (error) {
    log.warn({ reason: toPaperboyError(error).message }, 'copies could not be counted');
  }
}

async function releaseSurely(deps: DeliverDeps, claim: ClaimRequest, stop: Stop | null): Promise<void> {
  const open = { ...claim, issueId: claim.issue.id };
  const defer = stop === null || stop.delayMs === 0 ? undefined : stop;
  const where = { issue: claim.issue.id, page: claim.page };
  await insist(deps.log, where, () => releaseClaim(deps.ledger, open, claim.incarnation, defer));
}
