/** Claims that nobody works on: given up by their worker, and made after all. */
import { beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/core/log.ts';
import { type ClaimsUnderWay, createClaimsUnderWay } from '../../src/delivery/claims-under-way.ts';
import { deliverPage } from '../../src/delivery/deliver-page.ts';
import { planIssue } from '../../src/delivery/plan-issue.ts';
import { claimRows } from '../../src/ledger/claims.ts';
import { beat, openClaims, takeDue } from '../../src/ledger/incarnations.ts';
import { demandIssue } from '../../src/ledger/issues.ts';
import { readTally } from '../../src/ledger/reader.ts';
import { createStubTransport } from '../../src/transport/stub.ts';
import { type Desk, openDesk } from '../helpers/desk.ts';
import { digestOf, storyOf } from '../helpers/digests.ts';
import { eachWithRedis } from '../helpers/each-with-redis.ts';
import type { TestRedis } from '../helpers/redis.ts';

const issue = 'ai-daily-2026-03-02';
const stories = [storyOf('模型新闻', { topics: ['models'] })];
const digest = digestOf([{ name: '模型', stories }], { date: '2026-03-02' });
const life = 'worker';
const never = new AbortController().signal;

let server: TestRedis;
let desk: Desk;
let underWay: ClaimsUnderWay;

eachWithRedis((started) => {
  server = started;
});
beforeEach(async () => {
  desk = await openDesk(server);
  await desk.subscribe(20, 'all');
  await desk.publish(digest);
  await planIssue(desk, issue, never);
  await beat(desk.ledger, life, true);
  underWay = createClaimsUnderWay({ ledger: desk.ledger, log: silentLogger });
});

/** What a question does that comes when its worker does not wait for the answer any more. */
async function claimLate(fence: number, incarnation = life): Promise<void> {
  const request = { issue: await demandIssue(desk.ledger, issue), page: 1, fence, incarnation };
  expect((await claimRows(desk.ledger, request, 5))?.rows).toHaveLength(5);
}

async function claimed(): Promise<number> {
  return (await readTally(desk.ledger, issue)).counts.claimed;
}

describe('a claim that nobody works on', () => {
  it('is given back, and its page is due', async () => {
    await claimLate(7);
    await takeDue(desk.ledger, 100);
    await underWay.giveBackOthers(life);
    expect(await claimed()).toBe(0);
    expect(await openClaims(desk.ledger, life)).toEqual([]);
    const { members } = await takeDue(desk.ledger, 100);
    expect(members).toContainEqual({ kind: 'page', issue, page: 1 });
    await deliverPage(await desk.worker(createStubTransport()), issue, 1, never);
    expect((await readTally(desk.ledger, issue)).counts).toMatchObject({ accepted: 20 });
  });

  it('is another’s business where the life is another’s', async () => {
    await beat(desk.ledger, 'another', true);
    await claimLate(7, 'another');
    await underWay.giveBackOthers(life);
    expect(await claimed()).toBe(5);
  });
});

describe('a claim that is worked on', () => {
  it('is left alone until it is not any more', async () => {
    await underWay.during(7, async () => {
      await claimLate(7);
      await underWay.giveBackOthers(life);
      expect(await claimed()).toBe(5);
    });
    await underWay.giveBackOthers(life);
    expect(await claimed()).toBe(0);
  });

  it('is not any more when the work has failed', async () => {
    const work = underWay.during(7, async () => {
      await claimLate(7);
      throw new Error('a fault of ours');
    });
    await expect(work).rejects.toThrow('a fault of ours');
    await underWay.giveBackOthers(life);
    expect(await claimed()).toBe(0);
  });

  it('is worked on from the claim to its release, copy by copy', async () => {
    const deps = await desk.worker(createStubTransport());
    const seen: number[] = [];
    const { askGate } = deps.gatekeeper;
    const watching = {
      ...deps.gatekeeper,
      askGate: async (copy: Parameters<typeof askGate>[0]) => {
        const before = await claimed();
        await underWay.giveBackOthers(life);
        seen.push(before - (await claimed()));
        return await askGate(copy);
      },
    };
    await deliverPage({ ...deps, underWay, gatekeeper: watching }, issue, 1, never);
    expect(seen).toEqual(Array.from({ length: 20 }, () => 0));
    expect((await readTally(desk.ledger, issue)).counts).toMatchObject({ accepted: 20 });
  });
});
