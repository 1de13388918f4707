/** Where an issue stands, derived from its counts: for `status`, `issues`, progress bars and the end of a send. */
import { type Issue, type Phase, phaseOf } from '../ledger/issue.ts';
import { demandIssue, listIssueIds } from '../ledger/issues.ts';
import { type LedgerDeps, ledgerNow } from '../ledger/ledger.ts';
import { readRate, readTally, type Tally } from '../ledger/reader.ts';
import { openStates } from '../ledger/states.ts';
import { readVotes, type Votes } from '../ledger/votes.ts';
import { type LaneState, type PacingState, type RelayState, readPacing } from '../pacing/read-pacing.ts';

export interface IssueStatus extends Tally {
  readonly issue: string;
  readonly revision: number;
  readonly phase: Phase;
  /** ISO 8601. */
  readonly publishedAt: string;
  readonly startsAt: string;
  readonly endsAt: string;
  /** Notes on deliveries that came later; none are collected yet. */
  readonly bounced: number;
  readonly complained: number;
  /** What readers said of it; each counts once. */
  readonly votes: Votes;
  /** Messages accepted a second over the last ten seconds. */
  readonly rate: number;
  /** Seconds until nothing is planned any more at this rate; null when nothing is or nothing moves. */
  readonly eta: number | null;
  /** Lanes that are limited or held, for every issue alike. */
  readonly lanes: readonly LaneState[];
  readonly relays: readonly RelayState[];
}

/** @throws PaperboyError `issue-unknown` */
export async function readStatus(ledger: LedgerDeps, id: string): Promise<IssueStatus> {
  const issue = await demandIssue(ledger, id);
  const [tally, rate, now, votes] = await Promise.all([
    readTally(ledger, id),
    readRate(ledger, issue),
    ledgerNow(ledger),
    readVotes(ledger, id),
  ]);
  return describeStatus(issue, { ...tally, votes }, rate, now, await readPacing(ledger.redis, now));
}

/** All issues, newest first. */
export async function readStatuses(ledger: LedgerDeps): Promise<IssueStatus[]> {
  const statuses: IssueStatus[] = [];
  for (const id of await listIssueIds(ledger)) statuses.push(await readStatus(ledger, id));
  return statuses;
}

/** @param rate messages a second. @param now milliseconds since the epoch */
export function describeStatus(
  issue: Issue,
  tally: Tally & Pick<IssueStatus, 'votes'>,
  rate: number,
  now: number,
  { lanes, relays }: PacingState,
): IssueStatus {
  const waiting = tally.counts.planned + tally.counts.claimed + tally.counts.committing;
  return {
    issue: issue.id,
    revision: issue.revision,
    phase: phaseOf(issue, tally.counts, now),
    ...tally,
    bounced: 0,
    complained: 0,
    rate,
    eta: rate > 0 && waiting > 0 ? Math.ceil(waiting / rate) : null,
    lanes,
    relays,
    publishedAt: new Date(issue.publishedAt).toISOString(),
    startsAt: new Date(issue.startsAt).toISOString(),
    endsAt: new Date(issue.endsAt).toISOString(),
  };
}

/** How many recipients something is still going to happen to. */
export function openCount({ counts }: Pick<Tally, 'counts'>): number {
  return openStates.reduce((sum, state) => sum + counts[state], 0);
}

/** Whether rejected and expired copies stay within a share of the recipients, and none is uncertain. */
export function isWell({ counts, recipients }: Tally, maxFailedShare: number): boolean {
  const failed = counts.rejected + counts.expired;
  return counts.uncertain === 0 && failed <= recipients * maxFailedShare;
}
