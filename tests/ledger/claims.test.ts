import { beforeEach, describe, expect, it } from 'vitest';
import { randomFence } from '../../src/core/ids.ts';
import { type Claim, claimRows, deadAfterMs, releaseClaim, settleStopped } from '../../src/ledger/claims.ts';
import {
  beat,
  hastenPlans,
  livingIncarnations,
  reclaimFromDead,
  takeDue,
} from '../../src/ledger/incarnations.ts';
import type { Issue } from '../../src/ledger/issue.ts';
import { demandIssue, publishIssue, reviseIssue, setControl, setHalted } from '../../src/ledger/issues.ts';
import type { LedgerDeps } from '../../src/ledger/ledger.ts';
import { askGate, settleRow } from '../../src/ledger/passage.ts';
import { readOutlook, readPage, readTally } from '../../src/ledger/reader.ts';
import { replanRows } from '../../src/ledger/replan.ts';
import { verifyIssue } from '../../src/ledger/verify.ts';
import { keys } from '../../src/redis/keys.ts';
import { eachWithRedis } from '../helpers/each-with-redis.ts';
import { newIssue, publishAndFreeze, testIssueId } from '../helpers/ledger.ts';
import type { TestRedis } from '../helpers/redis.ts';

let server: TestRedis;
let now = Date.UTC(2026, 2, 2, 8);
const minuteMs = 60_000;

const deps = (): LedgerDeps => ({ redis: server.redis, now: () => now });

eachWithRedis((started) => {
  server = started;
});
beforeEach(async () => {
  now = Date.UTC(2026, 2, 2, 8);
});

async function claimAll(size = 3, limit = 50): Promise<Claim> {
  const issue = await publishAndFreeze(deps(), size);
  await beat(deps(), 'worker-a', true);
  const claim = await claim1(issue, 'worker-a', limit);
  if (claim === null) throw new Error('the incarnation is dead');
  return claim;
}

const claim1 = (issue: Issue, incarnation: string, limit: number) =>
  claimRows(deps(), { issue, page: 1, fence: randomFence(), incarnation }, limit);

const first = (claim: Claim) => {
  const row = claim.rows[0];
  if (row === undefined) throw new Error('nothing was claimed');
  return row;
};

const counts = async () => (await readTally(deps(), testIssueId)).counts;

describe('publishing', () => {
  it('counts the whole audience as planned before any row exists', async () => {
    await server.redis.setbit(keys.eligible('ai-daily', 'daily'), 7, 1);
    await server.redis.setbit(keys.eligible('ai-daily', 'daily'), 9, 1);
    expect(await publishIssue(deps(), newIssue())).toEqual({ created: true, audience: 2 });
    expect(await readTally(deps(), testIssueId)).toMatchObject({ recipients: 2, counts: { planned: 2 } });
    expect((await verifyIssue(deps(), testIssueId)).gaps).toEqual([]);
  });

  it('makes an issue once, whoever asks how often', async () => {
    const results = await Promise.all([1, 2, 3].map(() => publishIssue(deps(), newIssue())));
    expect(results.filter((result) => result?.created)).toHaveLength(1);
  });
});

describe('a claim', () => {
  it('takes no more rows than asked and says that more are due', async () => {
    const claim = await claimAll(5, 2);
    expect(claim.rows.map((row) => row.sid)).toEqual([1, 2]);
    expect(claim.hasMore).toBe(true);
    expect(await counts()).toMatchObject({ planned: 3, claimed: 2 });
  });

  it('gives no row to two workers', async () => {
    const claim = await claimAll(5, 3);
    await beat(deps(), 'worker-b', true);
    const other = await claim1(claim.issue, 'worker-b', 50);
    expect(other?.rows.map((row) => row.sid)).toEqual([4, 5]);
  });

  it('gives the same rows again when it is asked twice, because the first answer got lost', async () => {
    const issue = await publishAndFreeze(deps(), 5);
    await beat(deps(), 'worker-a', true);
    const request = { issue, page: 1, fence: 4711, incarnation: 'worker-a' };
    const lost = await claimRows(deps(), request, 50);
    const again = await claimRows(deps(), request, 50);
    expect(again?.rows).toEqual(lost?.rows);
    expect(again?.rows).toHaveLength(5);
  });

  it('carries the revision that the worker has read, so that the gate notices a later one', async () => {
    const issue = await publishAndFreeze(deps(), 1);
    await beat(deps(), 'worker-a', true);
    await reviseIssue(deps(), issue, '{}', 'two');
    const claim = await claim1(issue, 'worker-a', 50);
    expect(claim && (await askGate(deps(), claim, first(claim)))).toBe('planned');
  });

  it('is refused to an incarnation that was never announced or is buried', async () => {
    const issue = await publishAndFreeze(deps(), 1);
    expect(await claim1(issue, 'nobody', 50)).toBeNull();
  });

  it('settles blocked and departed subscribers on the way', async () => {
    const issue = await publishAndFreeze(deps(), 3);
    await server.redis.setbit(keys.blocked, 1, 1);
    await server.redis.setbit(keys.left('ai-daily'), 2, 1);
    await beat(deps(), 'worker-a', true);
    const claim = await claim1(issue, 'worker-a', 50);
    expect(claim?.rows.map((row) => row.sid)).toEqual([3]);
    const tally = await readTally(deps(), testIssueId);
    expect(tally.counts).toMatchObject({ suppressed: 1, skipped: 1, claimed: 1 });
    expect(tally.skippedReasons).toEqual({ left: 1 });
  });

  it('expires rows that are no news any more', async () => {
    const issue = await publishAndFreeze(deps(), 2);
    now += 18 * 60 * minuteMs;
    await beat(deps(), 'worker-a', true);
    expect((await claim1(issue, 'worker-a', 50))?.rows).toEqual([]);
    expect(await counts()).toMatchObject({ expired: 2, planned: 0 });
    expect((await readOutlook(deps(), issue.id)).dueInMs).toBeNull();
  });

  it('leaves the rows of a paused issue alone, but wakes to expire them', async () => {
    const issue = await publishAndFreeze(deps(), 2);
    await setControl(deps(), testIssueId, 'paused');
    await beat(deps(), 'worker-a', true);
    expect((await claim1(issue, 'worker-a', 50))?.rows).toEqual([]);
    expect(await counts()).toMatchObject({ planned: 2 });
    expect((await readOutlook(deps(), issue.id)).dueInMs).toBe(18 * 60 * minuteMs);
    await setControl(deps(), testIssueId, 'running');
    expect((await readOutlook(deps(), issue.id)).dueInMs).toBe(0);
  });

  it('cancels the open rows of a cancelled issue', async () => {
    const issue = await publishAndFreeze(deps(), 2);
    await setControl(deps(), testIssueId, 'cancelled');
    await settleStopped(deps(), issue, 1);
    expect(await counts()).toMatchObject({ cancelled: 2, planned: 0 });
    await expect(setControl(deps(), testIssueId, 'running')).rejects.toMatchObject({ code: 'issue-phase' });
  });
});

describe('the gate', () => {
  it('lets a claimed row go, once', async () => {
    const claim = await claimAll();
    expect(await askGate(deps(), claim, first(claim))).toBe('go');
    expect(await askGate(deps(), claim, first(claim))).toBe('lost');
    expect(await counts()).toMatchObject({ committing: 1, claimed: 2 });
  });

  it('is closed to another fence', async () => {
    const claim = await claimAll();
    expect(await askGate(deps(), { ...claim, fence: claim.fence - 1 }, first(claim))).toBe('lost');
  });

  it.each([
    ['suppressed', () => server.redis.setbit(keys.blocked, 1, 1)],
    ['skipped', () => server.redis.setbit(keys.left('ai-daily'), 1, 1)],
    ['planned', () => setControl(deps(), testIssueId, 'paused')],
    ['planned', () => setHalted(deps(), true)],
    ['cancelled', () => setControl(deps(), testIssueId, 'cancelled')],
    ['planned', async () => reviseIssue(deps(), await demandIssue(deps(), testIssueId), '{}', 'two')],
    [
      'expired',
      async () => {
        now += 18 * 60 * minuteMs;
      },
    ],
  ])('turns a row to %s when that was asked after the claim', async (state, change) => {
    const claim = await claimAll(1);
    await change();
    expect(await askGate(deps(), claim, first(claim))).toBe(state);
    expect((await readPage(deps(), testIssueId, 1))[0]?.state).toBe(state);
  });
});

describe('settling', () => {
  it('records acceptance and counts the attempt at the gate', async () => {
    const claim = await claimAll(1);
    await askGate(deps(), claim, first(claim));
    expect(await settleRow(deps(), claim, first(claim), { to: 'accepted' })).toBe('ok');
    expect((await readPage(deps(), testIssueId, 1))[0]).toMatchObject({
      state: 'accepted',
      attempts: 1,
      revision: 1,
    });
  });

  it('never records acceptance of a copy that did not pass the gate', async () => {
    const claim = await claimAll(1);
    expect(await settleRow(deps(), claim, first(claim), { to: 'accepted' })).toBe('illegal');
    expect(await counts()).toMatchObject({ claimed: 1, accepted: 0 });
  });

  it('wakes the page again when a deferred copy is due', async () => {
    const claim = await claimAll(1);
    const delayMs = 5 * minuteMs;
    await settleRow(deps(), claim, first(claim), {
      to: 'deferred',
      delayMs,
      reply: '451 4.7.1 later',
      isAttempt: true,
    });
    await releaseClaim(deps(), { ...claim, issueId: claim.issue.id }, 'worker-a');
    expect((await readOutlook(deps(), claim.issue.id)).dueInMs).toBe(delayMs);
    expect((await takeDue(deps(), 10)).members).toEqual([]);
    now += delayMs;
    expect((await takeDue(deps(), 10)).members).toEqual([{ kind: 'page', issue: testIssueId, page: 1 }]);
    const again = await claim1(claim.issue, 'worker-a', 50);
    expect(again?.rows[0]).toMatchObject({ sid: 1, attempts: 1 });
  });

  it('wakes a copy that is deferred beyond its expiry in time to expire', async () => {
    const claim = await claimAll(1);
    const hourMs = 60 * minuteMs;
    now += 17 * hourMs;
    await settleRow(deps(), claim, first(claim), { to: 'deferred', delayMs: 8 * hourMs });
    expect((await readOutlook(deps(), testIssueId)).dueInMs).toBe(hourMs);
  });

  it('skips no reader for a revision that is not the issue’s any more', async () => {
    const claim = await claimAll(1);
    await reviseIssue(deps(), claim.issue, '{}', 'two');
    expect(await settleRow(deps(), claim, first(claim), { to: 'skipped', reason: 'no-stories' })).toBe(
      'stale',
    );
  });

  it('lets the truth that comes late replace uncertainty, with the same fence only', async () => {
    const claim = await claimAll(1);
    await askGate(deps(), claim, first(claim));
    await settleRow(deps(), claim, first(claim), { to: 'uncertain', reason: 'connection-lost' });
    expect(await settleRow(deps(), { ...claim, fence: 5 }, first(claim), { to: 'accepted' })).toBe('lost');
    expect(await settleRow(deps(), claim, first(claim), { to: 'accepted' })).toBe('ok');
  });
});

describe('a dead worker', () => {
  it('that was planning is followed at once: its plan is due, one whose time has not come is not', async () => {
    for (const [id, delayMs] of [
      ['ai-daily-2026-03-03', 0],
      ['ai-daily-2026-03-04', 3_600_000],
    ] as const) {
      await publishIssue(deps(), newIssue({ id, delayMs }));
    }
    // The planner has taken its wake-up, and the next would come in half a minute.
    await takeDue(deps(), 10);
    expect((await takeDue(deps(), 10)).members).toEqual([]);
    await hastenPlans(deps());
    expect((await takeDue(deps(), 10)).members).toEqual([{ kind: 'plan', issue: 'ai-daily-2026-03-03' }]);
  });

  it('loses what it claimed, and what was past the gate becomes uncertain', async () => {
    const claim = await claimAll(3, 2);
    await askGate(deps(), claim, first(claim));
    now += deadAfterMs;
    await beat(deps(), 'sweeper', true);
    expect(await reclaimFromDead(deps(), 'sweeper')).toEqual({ incarnations: ['worker-a'], rows: 2 });
    expect(await counts()).toMatchObject({ uncertain: 1, planned: 2, claimed: 0, committing: 0 });
    expect(await beat(deps(), 'worker-a')).toBe(false);
    expect(await livingIncarnations(deps())).toEqual(['sweeper']);
  });

  it('that wakes up again can settle its own uncertain row and gate nothing', async () => {
    const claim = await claimAll(2);
    await askGate(deps(), claim, first(claim));
    now += deadAfterMs;
    await reclaimFromDead(deps(), 'sweeper');
    const second = claim.rows[1];
    expect(second && (await askGate(deps(), claim, second))).toBe('lost');
    expect(await settleRow(deps(), claim, first(claim), { to: 'accepted' })).toBe('ok');
  });

  it('that was slow, and whose heart beats again, is not buried', async () => {
    await claimAll(1);
    now += deadAfterMs;
    await reclaimFromDead(deps(), 'sweeper');
    expect(await beat(deps(), 'worker-a')).toBe(false);
    await beat(deps(), 'worker-b', true);
    now += deadAfterMs - 1;
    await reclaimFromDead(deps(), 'sweeper');
    expect(await beat(deps(), 'worker-b')).toBe(true);
  });

  it('is left alone while its heart beats', async () => {
    const claim = await claimAll(1);
    now += deadAfterMs - 1;
    await reclaimFromDead(deps(), 'sweeper');
    expect(await releaseClaim(deps(), { ...claim, issueId: claim.issue.id }, 'sweeper')).toBe('alive');
    expect(await counts()).toMatchObject({ claimed: 1 });
  });
});

describe('planning again', () => {
  it('takes uncertain rows only once they are old, unclaimed and not blocked', async () => {
    const claim = await claimAll(2);
    for (const row of claim.rows) {
      await askGate(deps(), claim, row);
      await settleRow(deps(), claim, row, { to: 'uncertain' });
    }
    await server.redis.setbit(keys.blocked, 2, 1);
    const ask = (livingFences: readonly number[]) =>
      replanRows(deps(), claim.issue, { state: 'uncertain', olderThanMs: 15 * minuteMs, livingFences });
    expect(await ask([])).toEqual({ planned: 0, heldBack: 2, blocked: 0 });
    now += 16 * minuteMs;
    expect(await ask([claim.fence])).toEqual({ planned: 0, heldBack: 2, blocked: 0 });
    expect(await ask([])).toEqual({ planned: 1, heldBack: 0, blocked: 1 });
    expect(await counts()).toMatchObject({ planned: 1, uncertain: 1 });
  });
});

describe('revising', () => {
  it('is the same revision when the question comes twice, and ends where a row cannot count further', async () => {
    const issue = await publishAndFreeze(deps(), 1);
    expect(await reviseIssue(deps(), issue, '{}', 'two')).toBe(2);
    expect(await reviseIssue(deps(), issue, '{}', 'two')).toBe(2);
    await expect(reviseIssue(deps(), issue, '{}', 'three')).rejects.toMatchObject({ code: 'issue-phase' });
    await server.redis.hset(keys.issue(testIssueId), 'revision', 255);
    const last = await demandIssue(deps(), testIssueId);
    await expect(reviseIssue(deps(), last, '{}', 'more')).rejects.toThrow(/255 times/);
  });
});

describe('retention', () => {
  it('removes rows in time, keeps the counts, and says so', async () => {
    await publishAndFreeze(deps(), 3, 2);
    const daysMs = 24 * 60 * minuteMs;
    const lasting = [keys.issue(testIssueId), keys.counts(testIssueId), keys.issues, keys.due, keys.epoch];
    for (const key of await server.redis.keys(`*${testIssueId}*`)) {
      const ttl = await server.redis.pttl(key);
      if (lasting.includes(key)) expect(ttl, key).toBe(-1);
      else expect(ttl, key).toBeGreaterThan(29 * daysMs);
    }
    now += 31 * daysMs;
    await expect(verifyIssue(deps(), testIssueId)).rejects.toMatchObject({ code: 'rows-gone' });
    expect(await counts()).toMatchObject({ planned: 3 });
  });
});

describe('verification', () => {
  it('lists a damaged page as a gap', async () => {
    await publishAndFreeze(deps(), 2);
    await server.redis.set(keys.page(testIssueId, 1), 'rubbish');
    const { gaps } = await verifyIssue(deps(), testIssueId);
    expect(gaps[0]).toMatchObject({ page: 1, reason: 'the page is damaged' });
  });

  it('names a damaged page, a missing row and a wrong count', async () => {
    await publishAndFreeze(deps(), 4, 2);
    await server.redis.setrange(keys.page(testIssueId, 2), 0, Buffer.from([1, 0, 0, 0]));
    await server.redis.hincrby(keys.counts(testIssueId), 'accepted', 1);
    const { gaps } = await verifyIssue(deps(), testIssueId);
    expect(gaps.map((gap) => gap.reason)).toEqual([
      'the subscriber also has a row in page 1',
      'the subscriber was eligible at publication and has no row',
      'the count differs from the rows',
      'the counts do not add up to the recipients',
    ]);
  });
});
