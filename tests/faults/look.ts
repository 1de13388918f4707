/** Looks at the ledger while a run goes on, and lets time pass for those who wait. */
import { demandIssue, readIssue } from '../../src/ledger/issues.ts';
import type { LedgerDeps } from '../../src/ledger/ledger.ts';
import { readPage, readTally } from '../../src/ledger/reader.ts';
import type { Row } from '../../src/ledger/row.ts';
import { deliveryStates, openStates } from '../../src/ledger/states.ts';
import { keys, queuePrefix } from '../../src/redis/keys.ts';
import { checkWakeUps } from './hasten.ts';
import type { Rig } from './rig.ts';
import type { Facts } from './run-context.ts';
import { within } from './within.ts';

/** Not before so many ticks is time skipped, or a due time put forward. */
const ticksBetween = 3;

export async function look(rig: Rig, issue: string, facts: Facts, tick: number): Promise<void> {
  const { ledger } = rig;
  const { recipients, counts } = await readTally(ledger, issue);
  // I7: the identity at every snapshot.
  const sum = deliveryStates.reduce((total, state) => total + counts[state], 0);
  if (sum !== recipients) facts.violations.add(`I7 ${recipients} recipients, and ${sum} in the states`);
  if (deliveryStates.some((state) => counts[state] < 0)) facts.violations.add('I7 a count below zero');
  if (tick % ticksBetween !== ticksBetween - 1) return;
  if (counts.deferred > 0 && counts.claimed + counts.committing === 0) rig.workers.skip(10 * 60_000);
  for (const problem of await checkWakeUps(ledger, await demandIssue(ledger, issue), true)) {
    facts.violations.add(problem);
  }
}

export async function isDone(ledger: LedgerDeps, issue: string): Promise<boolean> {
  const [{ counts }, found] = await Promise.all([readTally(ledger, issue), readIssue(ledger, issue)]);
  return found?.isPlanned === true && openStates.every((state) => counts[state] === 0);
}

export async function rowsOf(ledger: LedgerDeps, issue: string): Promise<Map<number, Row>> {
  const found = await readIssue(ledger, issue);
  const all = new Map<number, Row>();
  for (let page = 1; page <= (found?.pages ?? 0); page++) {
    for (const row of await readPage(ledger, issue, page)) all.set(row.sid, row);
  }
  return all;
}

export async function lives({ redis }: LedgerDeps): Promise<string[]> {
  return await redis.zrange(keys.incarnations, '0', '-1');
}

export async function hasClaims(ledger: LedgerDeps): Promise<boolean> {
  const incarnations = await lives(ledger);
  const open = await Promise.all(incarnations.map((each) => ledger.redis.hlen(keys.claims(each))));
  return open.some((count) => count > 0);
}

export async function countsOf(ledger: LedgerDeps, issue: string): Promise<string> {
  return JSON.stringify((await within(2_000, 'the counts', readTally(ledger, issue))).counts);
}

/** Where everything stands, for a run that does not come to its end. */
export async function standing(ledger: LedgerDeps, issue: string): Promise<string> {
  const inRows: Record<string, number> = {};
  for (const { state } of (await rowsOf(ledger, issue)).values()) inRows[state] = (inRows[state] ?? 0) + 1;
  const { counts } = await readTally(ledger, issue);
  const claims = await Promise.all(
    (await lives(ledger)).map(async (each) => await held(ledger, issue, each)),
  );
  const found = await readIssue(ledger, issue);
  const about = found && { isPlanned: found.isPlanned, control: found.control, endsAt: found.endsAt };
  return JSON.stringify({ inRows, counts, about, claims, ...(await waiting(ledger, issue)) });
}

/** What a worker holds: when its heart last beat (ms by Redis' clock), and its claims with the rows that bear their fence. */
async function held(ledger: LedgerDeps, issue: string, incarnation: string): Promise<object> {
  const open = await ledger.redis.hgetall(keys.claims(incarnation));
  const rows = [...(await rowsOf(ledger, issue)).values()];
  const claims = Object.entries(open).map(([fence, member]) => {
    const own = rows.filter((row) => row.fence === Number(fence));
    return { fence, member, rows: own.map(({ sid, state, reason, turnAt }) => [sid, state, reason, turnAt]) };
  });
  return { incarnation, beat: await ledger.redis.zscore(keys.incarnations, incarnation), claims };
}

/** What a run that stands still waits for: when its pages are due (ms from now), the pace, and the wake-ups. */
async function waiting({ redis }: LedgerDeps, issue: string): Promise<object> {
  const [seconds] = await redis.time();
  const due = await redis.zrange(keys.due, '0', '-1', 'WITHSCORES');
  const dueInMs: Record<string, number> = {};
  for (let at = 0; at < due.length; at += 2) {
    const member = due[at] ?? '';
    if (member.startsWith(`${issue}.`))
      dueInMs[member] = Math.round(Number(due[at + 1]) - Number(seconds) * 1000);
  }
  const pace: Record<string, object> = {};
  for (const field of await redis.hkeys(keys.paced)) {
    const [kind, id = ''] = field.split(' ');
    pace[field] = await redis.hgetall(kind === 'relay' ? keys.pacedRelay(id) : keys.pacedLane(id));
  }
  const queues: Record<string, number> = {};
  for (const queue of ['plan', 'deliver']) {
    for (const list of ['wait', 'active']) {
      queues[`${queue} ${list}`] = await redis.llen(`${queuePrefix}:${queue}:${list}`);
    }
  }
  return { seconds, dueInMs, pace, queues };
}
