import { appendFile, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Claim, type ClaimedRow, claimRows, deadAfterMs } from '../../src/ledger/claims.ts';
import { beat, reclaimFromDead } from '../../src/ledger/incarnations.ts';
import {
  type JournalOutcome,
  openJournal,
  readOutcomes,
  removeOldJournals,
} from '../../src/ledger/journal.ts';
import type { LedgerDeps } from '../../src/ledger/ledger.ts';
import { askGate } from '../../src/ledger/passage.ts';
import { readTally } from '../../src/ledger/reader.ts';
import { replayJournals } from '../../src/ledger/replay.ts';
import { verifyIssue } from '../../src/ledger/verify.ts';
import { eachWithRedis } from '../helpers/each-with-redis.ts';
import { publishAndFreeze, testIssueId } from '../helpers/ledger.ts';
import type { TestRedis } from '../helpers/redis.ts';

let server: TestRedis;
let folder: string;
let now = Date.UTC(2026, 2, 2, 8);

const deps = (): LedgerDeps => ({ redis: server.redis, now: () => now });

eachWithRedis((started) => {
  server = started;
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperboy-journal-'));
  return () => rm(folder, { recursive: true });
});

function accepted(claim: Claim, row: ClaimedRow): JournalOutcome {
  const { issue, page, fence } = claim;
  return {
    issue: issue.id,
    page,
    index: row.index,
    sid: row.sid,
    fence,
    settlement: { to: 'accepted' },
    reply: '250 2.0.0 Ok: queued as 4A1',
    queueId: '4A1',
  };
}

/** A worker that dies after its relay said yes to two copies and before it settled either. */
async function dieUnsettled(): Promise<Claim> {
  const issue = await publishAndFreeze(deps(), 3);
  await beat(deps(), 'worker', true);
  const claim = await claimRows(deps(), { issue, page: 1, fence: 7, incarnation: 'worker' }, 3);
  if (claim === null) throw new Error('dead');
  const journal = openJournal(folder, 'store');
  for (const row of claim.rows) await askGate(deps(), claim, row);
  journal.append(
    claim.rows.map(({ index, sid }) => ({
      issue: issue.id,
      page: 1,
      index,
      sid,
      fence: claim.fence,
      at: now,
      position: 1,
    })),
  );
  journal.append(claim.rows.slice(0, 2).map((row) => accepted(claim, row)));
  journal.close();
  return claim;
}

describe('a journal', () => {
  it('gives back what was concluded, and leaves out intents and a line that was cut short', async () => {
    const claim = await dieUnsettled();
    const [file = ''] = await readdir(folder);
    await appendFile(join(folder, file), '{"issue":"ai-daily-2026-03-02","page":1,"ind');
    const outcomes: JournalOutcome[] = [];
    for await (const outcome of readOutcomes(folder)) outcomes.push(outcome);
    expect(outcomes).toEqual(claim.rows.slice(0, 2).map((row) => accepted(claim, row)));
  });

  it('is removed when nobody has written to it for long and its worker is gone', async () => {
    openJournal(folder, 'store').close();
    openJournal(folder, 'store').close();
    const [old = ''] = await readdir(folder);
    await utimes(join(folder, old), 1, 1);
    const worker = old.replace('.journal', '');
    expect(await removeOldJournals(folder, Date.now() - 60_000, [worker])).toEqual([]);
    expect(await removeOldJournals(folder, Date.now() - 60_000, [])).toEqual([worker]);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('of a folder that is not there holds nothing', async () => {
    expect(await replayJournals(deps(), join(folder, 'nowhere'))).toBe(0);
  });
});

describe('a replay', () => {
  it('settles what the dead worker knew, before or after it was found dead', async () => {
    await dieUnsettled();
    expect(await replayJournals(deps(), folder)).toBe(2);
    now += deadAfterMs;
    await reclaimFromDead(deps(), 'sweeper');
    expect((await readTally(deps(), testIssueId)).counts).toMatchObject({ accepted: 2, uncertain: 1 });
    expect(await replayJournals(deps(), folder)).toBe(0);
    expect((await verifyIssue(deps(), testIssueId)).gaps).toEqual([]);
  });

  it('makes uncertain copies certain', async () => {
    await dieUnsettled();
    now += deadAfterMs;
    await reclaimFromDead(deps(), 'sweeper');
    expect((await readTally(deps(), testIssueId)).counts).toMatchObject({ uncertain: 3 });
    expect(await replayJournals(deps(), folder)).toBe(2);
    expect((await readTally(deps(), testIssueId)).counts).toMatchObject({ accepted: 2, uncertain: 1 });
  });
});
