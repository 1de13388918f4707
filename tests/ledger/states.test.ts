/** Every pair of states, through the real scripts: what the table forbids cannot be done, what it allows can. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Claim, type ClaimedRow, claimRows } from '../../src/ledger/claims.ts';
import { beat } from '../../src/ledger/incarnations.ts';
import type { LedgerDeps } from '../../src/ledger/ledger.ts';
import { askGate, settleRow } from '../../src/ledger/passage.ts';
import { readPage, readTally } from '../../src/ledger/reader.ts';
import { encodeRows } from '../../src/ledger/row.ts';
import { canMove, type DeliveryState, deliveryStates, isOpen } from '../../src/ledger/states.ts';
import { verifyIssue } from '../../src/ledger/verify.ts';
import { keys } from '../../src/redis/keys.ts';
import { plannedRow, publishAndFreeze, testIssueId } from '../helpers/ledger.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';

let server: TestRedis;
const now = Date.UTC(2026, 2, 2, 8);
const fence = 77;

const deps = (): LedgerDeps => ({ redis: server.redis, now: () => now });

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(async () => {
  await server.stop();
});

/** An issue of one recipient whose row is put into a state from outside, counts and all. */
async function rowIn(state: DeliveryState): Promise<{ claim: Claim; row: ClaimedRow }> {
  await server.redis.flushall();
  const issue = await publishAndFreeze(deps(), 1);
  const row = plannedRow(1, now / 1000, { state, fence, revision: 1 });
  await server.redis.set(keys.page(testIssueId, 1), encodeRows([row]));
  await server.redis.hset(keys.counts(testIssueId), { planned: 0 });
  await server.redis.hincrby(keys.counts(testIssueId), state, 1);
  if (state === 'skipped') await server.redis.hset(keys.counts(testIssueId), { 'skipped:none': 1 });
  const claim = { issue, page: 1, fence, incarnation: 'worker', rows: [], hasMore: false };
  return { claim, row: { ...row, index: 0 } };
}

async function stateNow(): Promise<DeliveryState | undefined> {
  expect((await verifyIssue(deps(), testIssueId)).gaps).toEqual([]);
  return (await readPage(deps(), testIssueId, 1))[0]?.state;
}

describe('settling moves', () => {
  const targets = ['accepted', 'deferred', 'rejected', 'uncertain', 'suppressed', 'skipped'] as const;
  const pairs = deliveryStates.flatMap((from) => targets.map((to) => [from, to] as const));
  it.each(pairs)('from %s to %s only if the table says so', async (from, to) => {
    const { claim, row } = await rowIn(from);
    const reply = await settleRow(deps(), claim, row, { to, delayMs: 1_000 });
    const isAllowed = canMove('settle', from, to);
    expect(reply).toBe(isAllowed ? 'ok' : 'illegal');
    expect(await stateNow()).toBe(isAllowed ? to : from);
  });
});

describe('the gate', () => {
  it.each(deliveryStates)('lets nothing go from %s but what is claimed', async (from) => {
    const { claim, row } = await rowIn(from);
    const verdict = await askGate(deps(), claim, row);
    expect(verdict).toBe(from === 'claimed' ? 'go' : 'lost');
    expect(await stateNow()).toBe(from === 'claimed' ? 'committing' : from);
  });
});

describe('a claim', () => {
  it.each(deliveryStates)('takes a row that is %s only if it waits to be sent', async (from) => {
    const { claim } = await rowIn(from);
    await beat(deps(), 'worker', true);
    const taken = await claimRows(deps(), { ...claim, fence: 99 }, 10);
    const isTaken = canMove('claim', from, 'claimed');
    expect(taken?.rows.length).toBe(isTaken ? 1 : 0);
    expect(await stateNow()).toBe(isTaken ? 'claimed' : from);
  });
});

describe('the table of moves', () => {
  it('lets nothing leave a final state but by settling uncertainty or by an operator', () => {
    const causes = ['claim', 'gate', 'settle', 'release', 'operator'] as const;
    for (const from of deliveryStates.filter((state) => !isOpen(state))) {
      for (const to of deliveryStates) {
        const by = causes.filter((cause) => canMove(cause, from, to));
        expect(
          by.every((cause) => cause === 'operator' || (cause === 'settle' && from === 'uncertain')),
        ).toBe(true);
      }
    }
  });

  it('knows one way only to accepted: past the gate', () => {
    const ways = deliveryStates.filter((from) => canMove('settle', from, 'accepted'));
    expect(ways).toEqual(['committing', 'uncertain']);
  });

  it('adds up after every move', async () => {
    const { recipients, counts } = await readTally(deps(), testIssueId);
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(recipients);
  });
});
