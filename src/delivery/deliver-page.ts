/** Delivers what is due of one page, a claim at a time. The ledger decides every step, the pacer how fast they follow. */
import { toPaperboyError } from '../core/errors.ts';
import { randomFence } from '../core/ids.ts';
import { type Claim, type ClaimRequest, claimRows, settleStopped, wakeAgainMs } from '../ledger/claims.ts';
import type { Issue } from '../ledger/issue.ts';
import { demandIssue } from '../ledger/issues.ts';
import { readPageLane } from '../ledger/reader.ts';
import type { Aside } from '../pacing/aside.ts';
import { otherLane } from '../pacing/lanes.ts';
import type { Refused } from '../pacing/pacing.ts';
import type { ClaimsUnderWay } from './claims-under-way.ts';
import { type DeliverClaimDeps, deliverClaim, releaseSurely } from './deliver-claim.ts';
import type { LaneSlots } from './lane-slots.ts';
import { type PacedClaim, type Pacer, passes } from './pacer.ts';
import type { RollCall } from './roll-call.ts';

export interface DeliverDeps extends DeliverClaimDeps {
  readonly rollCall: Pick<RollCall, 'confirmed'>;
  readonly pacer: Pacer;
  readonly slots: LaneSlots;
  readonly aside: Aside;
  readonly underWay: Pick<ClaimsUnderWay, 'during'>;
  /** The life this worker leads now; a new one begins when it was declared dead. */
  incarnation(): string;
  /** Whether Redis has little memory left. */
  isMemoryTight(): boolean;
}

/** Rows of one claim. A dead worker's claim is what others wait for; a small one costs one more script a claim. */
const claimSize = 50;

/**
 * A page whose lane has its share of this worker is put aside; whoever is done with a page of a limited lane takes the
 * next that was.
 * @param signal stops it after the copy that is under way
 */
export async function deliverPage(
  deps: DeliverDeps,
  issueId: string,
  page: number,
  signal: AbortSignal,
): Promise<void> {
  const lane = (await readPageLane(deps.ledger, issueId, page)) ?? otherLane;
  if (!deps.slots.enter(lane)) return await putAside(deps, lane, issueId, page);
  try {
    let next: { readonly issue: string; readonly page: number } | null = { issue: issueId, page };
    while (next !== null && !signal.aborted && !deps.isMemoryTight()) {
      const end = await deliverDue(deps, lane, next.issue, next.page, signal);
      next = end === 'done' && deps.slots.isLimited(lane) ? await deps.aside.next(lane) : null;
    }
  } finally {
    deps.slots.leave(lane);
  }
}

/** Should nobody take it, the sweeper wakes it. */
async function putAside(deps: DeliverDeps, lane: string, issueId: string, page: number): Promise<void> {
  await settleStopped(deps.ledger, await demandIssue(deps.ledger, issueId), page);
  await deps.aside.put(lane, issueId, page);
}

/** @returns `done` when nothing more is due of the page, `later` when it must wait */
async function deliverDue(
  deps: DeliverDeps,
  lane: string,
  issueId: string,
  page: number,
  signal: AbortSignal,
): Promise<'done' | 'later'> {
  let waitingSince: number | null = null;
  while (!signal.aborted && !deps.isMemoryTight()) {
    const issue = await demandIssue(deps.ledger, issueId);
    const pace = await deps.pacer.begin(lane, claimSize);
    if (deps.slots.isOver(lane)) {
      if ('copies' in pace) await pace.close();
      await putAside(deps, lane, issueId, page);
      return 'later';
    }
    if ('waitMs' in pace) {
      waitingSince ??= performance.now();
      const waitedMs = performance.now() - waitingSince;
      if (waitedMs + pace.waitMs > patienceMs || pace.waitMs > shortMs) {
        await putOff(deps, issue, page, pace);
        return 'later';
      }
      await passes(pace.waitMs, signal);
      continue;
    }
    waitingSince = null;
    const end = await deliverPaced(deps, lane, pace, issue, page, signal);
    if (end !== 'more') return end;
  }
  return 'later';
}

/** A wait no longer than this is waited for; the sweeper would lose as much again. */
const shortMs = 2_000;

/** Short waits that follow each other are waited for no longer than this: nobody knows how many more there will be. */
const patienceMs = 5_000;

/** Its rows wait; those that must not go any more, which takes no permit, are settled. */
async function putOff(
  deps: DeliverDeps,
  issue: Issue,
  page: number,
  { waitMs, because }: Refused,
): Promise<void> {
  // What is put off for long is deferred, so that counts and `--wait` tell the truth about it.
  if (waitMs > wakeAgainMs) await deferDue(deps, issue, page, waitMs, because);
  else await settleStopped(deps.ledger, issue, page, waitMs);
}

async function deferDue(
  deps: DeliverDeps,
  issue: Issue,
  page: number,
  delayMs: number,
  because: Refused['because'],
): Promise<void> {
  const request = { issue, page, fence: randomFence(), incarnation: deps.incarnation() };
  const reason = because === 'relay' ? 'connection-failed' : 'lane-held';
  await deps.underWay.during(request.fence, async () => {
    const claim = await claimSurely(deps, request, wholePage);
    if (claim !== null && claim !== 'unconfirmed') await releaseSurely(deps, request, { delayMs, reason });
  });
}

const wholePage = 500;

/** One claim at the pace given. */
async function deliverPaced(
  deps: DeliverDeps,
  lane: string,
  pace: PacedClaim,
  issue: Issue,
  page: number,
  signal: AbortSignal,
): Promise<'done' | 'later' | 'more'> {
  const request = { issue, page, fence: randomFence(), incarnation: deps.incarnation() };
  try {
    return await deps.underWay.during(request.fence, () => deliverNext(deps, lane, pace, request, signal));
  } finally {
    await pace.close();
  }
}

async function deliverNext(
  deps: DeliverDeps,
  lane: string,
  pace: PacedClaim,
  request: ClaimRequest,
  signal: AbortSignal,
): Promise<'done' | 'later' | 'more'> {
  const claim = await claimSurely(deps, request, pace.copies);
  if (claim === 'unconfirmed') {
    await deps.rollCall.confirmed(signal);
    return 'more';
  }
  if (claim === null) return 'later';
  if (claim.rows.length === 0) return 'done';
  const stop = await deliverClaim(deps, lane, pace, claim, signal);
  if (stop !== null) return stop.goesOn ? 'more' : 'later';
  return claim.hasMore ? 'more' : 'done';
}

/**
 * A claim whose answer got lost may have been made: then what it took is given back before anything else. That is so even
 * when the answer is that nothing is claimed now: a question that was on its way when Redis died is asked twice.
 * @returns `unconfirmed` when it is not known whether Redis remembers everything
 */
async function claimSurely(
  deps: DeliverDeps,
  request: ClaimRequest,
  limit: number,
): Promise<Claim | null | 'unconfirmed'> {
  try {
    return await claimRows(deps.ledger, request, limit);
  } catch (error) {
    await releaseSurely(deps, request, null);
    const { code } = toPaperboyError(error);
    if (code === 'redis-unconfirmed' || code === 'redis-forgot') return 'unconfirmed';
    throw error;
  }
}
