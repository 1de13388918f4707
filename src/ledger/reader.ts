/** Reading the ledger: counts, rows with their texts, rate. Nothing here moves a delivery. */
import { keys } from '../redis/keys.ts';
import { type Counts, decodeCounts, decodeSkippedReasons, type Issue } from './issue.ts';
import { outlookScript } from './issue-scripts.ts';
import { demandRows } from './issues.ts';
import { type LedgerDeps, ledgerNow, timeArgument } from './ledger.ts';
import { readPreferenceSets } from './preference-sets.ts';
import { decodeRows, type Row } from './row.ts';

export interface Tally {
  readonly recipients: number;
  readonly counts: Counts;
  readonly skippedReasons: Readonly<Record<string, number>>;
}

export async function readTally(deps: LedgerDeps, issue: string): Promise<Tally> {
  const hash = await deps.redis.hgetall(keys.counts(issue));
  return {
    recipients: Number(hash.recipients ?? 0),
    counts: decodeCounts(hash),
    skippedReasons: decodeSkippedReasons(hash),
  };
}

const rateWindowSeconds = 10;

/** Messages accepted a second over the last ten whole seconds (fewer when the send is younger). */
export async function readRate(deps: LedgerDeps, issue: Issue): Promise<number> {
  const now = await ledgerNow(deps);
  const second = Math.floor(now / 1000);
  const seconds = Math.min(rateWindowSeconds, Math.max(1, second - Math.floor(issue.startsAt / 1000)));
  const fields = Array.from({ length: seconds }, (_, back) => String(second - 1 - back));
  const values = await deps.redis.hmget(keys.throughput(issue.id), ...fields);
  return values.reduce((sum, value) => sum + Number(value ?? 0), 0) / seconds;
}

export interface Outlook {
  /** Copies in a worker's hands. */
  readonly inHand: number;
  /** Milliseconds until something of the issue is due; 0 when something is; null when nothing ever will be. */
  readonly dueInMs: number | null;
}

/** What is going to happen to an issue, seen at one moment. */
export async function readOutlook(deps: LedgerDeps, issue: string): Promise<Outlook> {
  const reply = await outlookScript.run(
    deps.redis,
    [keys.issue(issue), keys.counts(issue), keys.due],
    [timeArgument(deps), issue],
  );
  const [inHand, dueInMs] = reply as [number, number];
  return { inHand, dueInMs: dueInMs < 0 ? null : dueInMs };
}

/** The rows of one page, in order. @throws RangeError when the page is damaged */
export async function readPage(deps: LedgerDeps, issue: string, page: number): Promise<Row[]> {
  return decodeRows((await deps.redis.getBuffer(keys.page(issue, page))) ?? Buffer.alloc(0));
}

/** The lane of a page, as it was planned; null when there is no such page. */
export async function readPageLane(deps: LedgerDeps, issue: string, page: number): Promise<string | null> {
  return (await deps.redis.hget(keys.pages(issue), String(page)))?.split(' ')[1] ?? null;
}

/** What the pages say of themselves: page → number of rows. */
export async function readPageSizes(deps: LedgerDeps, issue: string): Promise<Map<number, number>> {
  const hash = await deps.redis.hgetall(keys.pages(issue));
  return new Map(Object.entries(hash).map(([page, text]) => [Number(page), Number(text.split(' ')[2])]));
}

export interface ReadRow extends Row {
  readonly page: number;
  /** The refusal of the last attempt; empty when there was none. */
  readonly replyText: string;
  readonly preferenceSetKey: string;
}

/** Every row of an issue, page by page. @throws PaperboyError `rows-gone` */
export async function* readRows(deps: LedgerDeps, issue: Issue): AsyncGenerator<ReadRow> {
  await demandRows(deps, issue);
  const [sets, replies] = await Promise.all([
    readPreferenceSets(deps, issue.id),
    deps.redis.hgetall(keys.replies(issue.id)),
  ]);
  for (let page = 1; page <= issue.pages; page++) {
    for (const row of await readPage(deps, issue.id, page)) {
      yield {
        ...row,
        page,
        replyText: replies[`number:${row.reply}`] ?? '',
        preferenceSetKey: sets.get(row.preferenceSet) ?? '',
      };
    }
  }
}
