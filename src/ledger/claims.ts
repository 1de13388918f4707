/** Claims: taking rows that are due, and giving back what was not sent. Whoever does not hold the fence moves nothing. */
import { PaperboyError } from '../core/errors.ts';
import { keys } from '../redis/keys.ts';
import { claimScript, releaseScript } from './claim-scripts.ts';
import type { Issue } from './issue.ts';
import { type LedgerDeps, pageMember, timeArgument, workerArgument } from './ledger.ts';
import { redisForgot } from './position.ts';
import { decodeRow, type Row, rowBytes } from './row.ts';
import { type Reason, reasonCode } from './states.ts';

/** A page that a running worker has not finished is woken again after this long, should the worker get lost. */
export const wakeAgainMs = 30_000;

/** A worker whose heart has not beaten for this long is dead. */
export const deadAfterMs = 5_000;

export interface ClaimedRow extends Row {
  /** Place in the page, from 0. */
  readonly index: number;
}

export interface Claim {
  readonly issue: Issue;
  readonly page: number;
  readonly fence: number;
  readonly incarnation: string;
  readonly rows: readonly ClaimedRow[];
  /** Whether further rows of the page are due now. */
  readonly hasMore: boolean;
}

/** What a claim is made for. A fence is drawn by `randomFence`, never counted and never used for two claims. */
export interface ClaimRequest {
  readonly issue: Issue;
  readonly page: number;
  readonly fence: number;
  readonly incarnation: string;
}

/**
 * When this rejects, the claim may have been made all the same: release its fence.
 * @param wakeMs what is due now and beyond the limit is woken again after this
 * @returns null when this incarnation was declared dead: stop, and begin a new life
 * @throws PaperboyError `redis-unconfirmed` when Redis was restarted and the workers have not yet found out what it
 *   remembers; `redis-forgot`
 */
export async function claimRows(
  deps: LedgerDeps,
  request: ClaimRequest,
  limit: number,
  wakeMs = wakeAgainMs,
): Promise<Claim | null> {
  const { issue, page, fence, incarnation } = request;
  const remembers = deps.position?.asking();
  const reply = await claimScript.runBuffer(
    deps.redis,
    [
      keys.page(issue.id, page),
      keys.issue(issue.id),
      keys.counts(issue.id),
      keys.due,
      keys.incarnations,
      keys.claims(incarnation),
      keys.blocked,
      keys.left(issue.newsletter),
      keys.halted,
      keys.positions,
      keys.confirmedRun,
    ],
    [
      timeArgument(deps),
      pageMember(issue.id, page),
      incarnation,
      fence,
      limit,
      wakeMs,
      issue.revision,
      workerArgument(deps),
    ],
  );
  const [verdict, packed, more, number] = reply as [Buffer, Buffer, Buffer, number];
  if (verdict.toString() === 'dead') return null;
  if (verdict.toString() === 'unconfirmed') throw unconfirmed();
  if (deps.position && remembers?.(number) === false) throw redisForgot(deps.position, number);
  return { ...request, rows: decodeClaimed(packed), hasMore: more.toString() === '1' };
}

function unconfirmed(): PaperboyError {
  return new PaperboyError(
    'redis-unconfirmed',
    'Redis was restarted, and not all workers have found out yet whether it remembers everything',
    { hint: 'it takes a few seconds, until all workers have answered or are known to be dead' },
  );
}

function decodeClaimed(packed: Buffer): ClaimedRow[] {
  const size = 2 + rowBytes;
  return Array.from({ length: packed.length / size }, (_, position) => {
    const at = position * size;
    return { index: packed.readUInt16LE(at), ...decodeRow(packed, at + 2) };
  });
}

/** A claim as the incarnation's hash keeps it. */
export type OpenClaim = Pick<ClaimRequest, 'fence' | 'incarnation' | 'page'> & { readonly issueId: string };

/**
 * Settles the rows of a page that must not go, and claims none: those of a cancelled issue, and expired ones.
 * @param wakeMs what is due now is woken again after this
 */
export async function settleStopped(
  deps: LedgerDeps,
  issue: Issue,
  page: number,
  wakeMs = wakeAgainMs,
): Promise<void> {
  await claimRows(deps, { issue, page, fence: 0, incarnation: '' }, 0, wakeMs);
}

/**
 * Closes a claim. What it still holds goes back to planned, or to deferred when `defer` is given; what is past its gate
 * without an outcome becomes uncertain.
 * @param closer the incarnation that closes: the owner, or a sweeper once the owner is dead
 * @returns `alive` when somebody else's claim was not closed because the owner lives
 */
export async function releaseClaim(
  deps: LedgerDeps,
  claim: OpenClaim,
  closer: string,
  defer?: { readonly delayMs: number; readonly reason: Reason },
): Promise<'alive' | number> {
  const remembers = deps.position?.asking();
  const reply = await releaseScript.run(
    deps.redis,
    [
      keys.page(claim.issueId, claim.page),
      keys.counts(claim.issueId),
      keys.due,
      keys.claims(claim.incarnation),
      keys.incarnations,
      keys.issue(claim.issueId),
      keys.positions,
      keys.confirmedRun,
    ],
    [
      timeArgument(deps),
      pageMember(claim.issueId, claim.page),
      claim.fence,
      claim.incarnation,
      closer,
      deadAfterMs,
      Math.round(defer?.delayMs ?? 0),
      reasonCode(defer?.reason ?? 'none'),
      workerArgument(deps),
    ],
  );
  if (reply === 'alive') return 'alive';
  const [given, number] = reply as [number, number];
  // What it forgot is found out and put right by the roll call; giving back has been done.
  remembers?.(number);
  return given;
}
