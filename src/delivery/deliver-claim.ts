/** Delivers the rows of one claim, one after the other. */
import { toPaperboyError } from '../core/errors.ts';
import { type Claim, type ClaimRequest, releaseClaim } from '../ledger/claims.ts';
import { type DeliverRowDeps, deliverRow } from './deliver-row.ts';
import { insist } from './insist.ts';
import { makeCopy } from './make-copy.ts';
import type { PacedClaim } from './pacer.ts';
import type { Stop } from './stop.ts';

export type DeliverClaimDeps = Omit<DeliverRowDeps, 'connections' | 'correlationHeader'>;

/** A fault of our own, met amid a claim, is not met again at once. */
const afterFaultMs = 30_000;

/** @returns why the rest of the claim was given back, or null */
export async function deliverClaim(
  deps: DeliverClaimDeps,
  lane: string,
  pace: PacedClaim,
  claim: Claim,
  signal: AbortSignal,
): Promise<Stop | null> {
  let stop: Stop | null = { delayMs: afterFaultMs, reason: 'worker-fault' };
  // A copy is settled while the next one is on its way: the gatekeeper tells of it before it asks for the next.
  let settling: Promise<void> = Promise.resolve();
  let answered = 0;
  const own = depsOfCopies(deps, pace);
  try {
    const subscribers = await deps.subscribers.getMany(claim.rows.map((row) => row.sid));
    stop = null;
    for (const [position, row] of claim.rows.entries()) {
      if (stop !== null || !(await pace.turn(position, signal))) break;
      const made = await makeCopy(own, claim, row, subscribers[position] ?? null);
      const delivered = await deliverRow(own, claim, row, made);
      await settling;
      settling = delivered.settled;
      stop = delivered.stop;
      if (delivered.isAnswered) answered++;
    }
    return stop;
  } finally {
    await settling;
    await releaseSurely(deps, claim, stop);
    await countTried(deps, lane, answered);
  }
}

/**
 * Field by field: the engine gives a spread of so many a shape of its own, claim by claim, and whatever reads of it then
 * is looked up by name.
 */
function depsOfCopies(deps: DeliverClaimDeps, pace: PacedClaim): DeliverRowDeps {
  return {
    ledger: deps.ledger,
    gatekeeper: deps.gatekeeper,
    subscribers: deps.subscribers,
    editions: deps.editions,
    links: deps.links,
    signers: deps.signers,
    lanes: deps.lanes,
    log: deps.log,
    random: deps.random,
    connections: pace,
    correlationHeader: pace.correlationHeader,
  };
}

/** What the alarm compares bounces with; a count that gets lost makes it no less careful. */
async function countTried(
  { subscribers, log }: DeliverClaimDeps,
  lane: string,
  copies: number,
): Promise<void> {
  if (copies === 0) return;
  try {
    await subscribers.countTried(lane, copies);
  } catch (error) {
    log.warn({ reason: toPaperboyError(error).message }, 'copies could not be counted');
  }
}

export async function releaseSurely(
  deps: Pick<DeliverClaimDeps, 'ledger' | 'log'>,
  claim: ClaimRequest,
  stop: { readonly delayMs: number; readonly reason: Stop['reason'] | 'lane-held' } | null,
): Promise<void> {
  const open = { ...claim, issueId: claim.issue.id };
  const defer = stop === null || stop.delayMs === 0 ? undefined : stop;
  const where = { issue: claim.issue.id, page: claim.page };
  await insist(deps.log, where, () => releaseClaim(deps.ledger, open, claim.incarnation, defer));
}
