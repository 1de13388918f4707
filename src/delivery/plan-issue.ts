/** Freezes an issue's audience into pages of rows, stretch by stretch. It can be killed anywhere and run again. */

import { parsePreferenceSetKey, preferenceSetKey } from '../../subscribers/preferences.ts';
import type { SubscriberStore } from '../../subscribers/store.ts';
import type { Subscriber } from '../../subscribers/subscriber.ts';
import { isSkipped } from '../edition/edition.ts';
import { planEdition } from '../edition/plan-edition.ts';
import { type FrozenPage, freezeStretch } from '../ledger/freeze.ts';
import type { Issue } from '../ledger/issue.ts';
import { demandIssue, readAudience, readContent } from '../ledger/issues.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';
import { numberPreferenceSets } from '../ledger/preference-sets.ts';
import type { Row } from '../ledger/row.ts';
import { audienceSids } from '../ledger/verify.ts';
import { type Lanes, otherLane } from '../pacing/lanes.ts';
import { decodeContent, type IssueContent } from './content.ts';
import { localSendTime } from './send-time.ts';

export interface PlanDeps {
  readonly ledger: LedgerDeps;
  readonly subscribers: Pick<SubscriberStore, 'getMany'>;
  readonly lanes: Pick<Lanes, 'of'>;
}

const largestPage = 500;

/** Enough for full pages of several lanes; few enough for one script. */
const stretchSize = 4_000;

/** So many subscribers are read in one command. */
const readSize = 500;
const smallestPage = 25;

/** A small issue is spread over several pages, so that several connections share it. */
const pagesOfSmallIssue = 40;

/** @throws PaperboyError `issue-unknown` */
export async function planIssue(deps: PlanDeps, id: string, signal: AbortSignal): Promise<void> {
  const audience = await readAudience(deps.ledger, id);
  const pageSize = pageSizeFor(audience);
  const planner = createPlanner(deps, id);
  for (
    let issue = await demandIssue(deps.ledger, id);
    !issue.isPlanned;
    issue = await demandIssue(deps.ledger, id)
  ) {
    if (signal.aborted) return;
    const sids = nextSids(audience, issue.planCursor, stretchSize);
    const last = sids.at(-1);
    await freezeStretch(deps.ledger, {
      issue,
      nextSid: last === undefined ? issue.planCursor : last + 1,
      isLast: sids.length < stretchSize,
      pages: intoPages(await planner.rowsOf(issue, sids), pageSize),
    });
  }
}

function pageSizeFor(audience: Buffer): number {
  let recipients = 0;
  for (const _ of audienceSids(audience)) recipients++;
  return Math.min(largestPage, Math.max(smallestPage, Math.ceil(recipients / pagesOfSmallIssue)));
}

function nextSids(audience: Buffer, from: number, limit: number): number[] {
  const sids: number[] = [];
  for (const sid of audienceSids(audience, from)) {
    sids.push(sid);
    if (sids.length === limit) break;
  }
  return sids;
}

interface Planned {
  readonly row: Row;
  readonly lane: string;
}

/** A page holds one wave of one lane; sids ascend within it. Pages of all lanes take turns, so that none comes last. */
function intoPages(planned: readonly Planned[], pageSize: number): FrozenPage[] {
  const groups = new Map<string, Row[]>();
  for (const { row, lane } of planned) {
    const key = `${row.sendAt} ${lane}`;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups]
    .flatMap(([key, members]) => {
      const [wave, lane = otherLane] = key.split(' ');
      return Array.from({ length: Math.ceil(members.length / pageSize) }, (_, index) => ({
        turn: index,
        page: {
          wave: Number(wave),
          lane,
          rows: members.slice(index * pageSize, (index + 1) * pageSize),
        },
      }));
    })
    .sort((one, other) => one.turn - other.turn)
    .map(({ page }) => page);
}

interface Planner {
  rowsOf(issue: Issue, sids: readonly number[]): Promise<Planned[]>;
}

function createPlanner(deps: PlanDeps, id: string): Planner {
  const numbers = new Map<string, number>();
  const hasStories = new Map<string, boolean>();
  let content: IssueContent | undefined;
  let contentRevision = 0;

  /** Learns, for keys not seen before, their number and whether the digest has stories for them. */
  const learn = async (issue: Issue, keys: readonly string[]): Promise<void> => {
    if (content === undefined || contentRevision !== issue.revision) {
      content = decodeContent(await readContent(deps.ledger, id, issue.revision));
      contentRevision = issue.revision;
      hasStories.clear();
    }
    const unnumbered = [...new Set(keys)].filter((key) => !numbers.has(key));
    const given = await numberPreferenceSets(deps.ledger, id, unnumbered);
    unnumbered.forEach((key, index) => {
      numbers.set(key, given[index] ?? 0);
    });
    for (const key of new Set(keys)) {
      if (!hasStories.has(key)) hasStories.set(key, hasStoriesFor(content, issue, key));
    }
  };

  return {
    rowsOf: async (issue, sids) => {
      const subscribers = await readAll(deps, sids);
      const keyOf = (subscriber: Subscriber | null | undefined) =>
        subscriber ? preferenceSetKey(subscriber) : preferenceSetKey({ topics: 'all', format: 'html' });
      await learn(issue, subscribers.map(keyOf));
      const startsAt = Math.floor(issue.startsAt / 1000);
      return sids.map((sid, index) => {
        const subscriber = subscribers[index];
        const key = keyOf(subscriber);
        const sendAt =
          subscriber && issue.localHour
            ? localSendTime(issue.startsAt, subscriber.timezone, subscriber.hour)
            : startsAt;
        const row: Row = {
          sid,
          fence: 0,
          sendAt,
          turnAt: sendAt,
          preferenceSet: numbers.get(key) ?? 0,
          reply: 0,
          attempts: 0,
          revision: issue.revision,
          ...beginningOf(subscriber ?? null, hasStories.get(key) ?? false),
        };
        return { row, lane: subscriber ? deps.lanes.of(subscriber.address) : otherLane };
      });
    },
  };
}

async function readAll(
  { subscribers }: PlanDeps,
  sids: readonly number[],
): Promise<(Subscriber | null | undefined)[]> {
  const reads = Array.from({ length: Math.ceil(sids.length / readSize) }, (_, index) =>
    subscribers.getMany(sids.slice(index * readSize, (index + 1) * readSize)),
  );
  return (await Promise.all(reads)).flat();
}

/** Whoever was forgotten between publication and planning keeps a row: the audience is accounted for to the last. */
function beginningOf(subscriber: Subscriber | null, hasStories: boolean): Pick<Row, 'state' | 'reason'> {
  if (subscriber === null) return { state: 'suppressed', reason: 'forgotten' };
  if (!hasStories) return { state: 'skipped', reason: 'no-stories' };
  return { state: 'planned', reason: 'none' };
}

/** Whether the digest has a story for a preference set. */
export function hasStoriesFor(content: IssueContent, issue: Issue, setKey: string): boolean {
  const edition = planEdition(content.digest, parsePreferenceSetKey(setKey), {
    issue: issue.id,
    revision: issue.revision,
    date: content.date,
    topicOrder: [],
  });
  return !isSkipped(edition);
}
