import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/core/log.ts';
import { type Claim, claimRows } from '../../src/ledger/claims.ts';
import { createGatekeeper, type GatekeeperDeps } from '../../src/ledger/gatekeeper.ts';
import { beat } from '../../src/ledger/incarnations.ts';
import { openJournal, readOutcomes } from '../../src/ledger/journal.ts';
import type { LedgerDeps } from '../../src/ledger/ledger.ts';
import { readTally } from '../../src/ledger/reader.ts';
import { verifyIssue } from '../../src/ledger/verify.ts';
import { eachWithRedis } from '../helpers/each-with-redis.ts';
import { publishAndFreeze, testIssueId } from '../helpers/ledger.ts';
import type { TestRedis } from '../helpers/redis.ts';

let server: TestRedis;
let folder: string;
const now = Date.UTC(2026, 2, 2, 8);
const ledger = (): LedgerDeps => ({ redis: server.redis, now: () => now });

eachWithRedis((started) => {
  server = started;
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperboy-gatekeeper-'));
  return () => rm(folder, { recursive: true });
});

async function claimAll(size: number, id?: string): Promise<Claim> {
  const issue = await publishAndFreeze(ledger(), size, 500, id === undefined ? {} : { id });
  await beat(ledger(), 'worker', true);
  const claim = await claimRows(ledger(), { issue, page: 1, fence: 7, incarnation: 'worker' }, size);
  if (claim === null) throw new Error('dead');
  return claim;
}

const gatekeeper = (changes: Partial<GatekeeperDeps> = {}) =>
  createGatekeeper({
    ledger: ledger(),
    journal: openJournal(folder, 'store'),
    log: silentLogger,
    ...changes,
  });

async function scriptCalls(): Promise<number> {
  const stats = await server.redis.info('commandstats');
  return [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].reduce(
    (sum, [, calls]) => sum + Number(calls),
    0,
  );
}

/** So many turns of the event loop. */
async function nextTurn(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
}

const evidence = { reply: '250 2.0.0 Ok: queued as 4A1', queueId: '4A1' };
const accepted = { to: 'accepted' } as const;

describe('a gatekeeper', () => {
  it('lets no copy go while Redis has to be told something first, and the row can be planned again', async () => {
    const claim = await claimAll(2);
    let mustWait = true;
    const keeper = gatekeeper({ mustWait: () => mustWait });
    const [row, other] = claim.rows as [(typeof claim.rows)[0], (typeof claim.rows)[0]];
    await expect(keeper.askGate({ claim, row })).rejects.toThrow('told something first');
    const deferred = { to: 'deferred', reason: 'connection-failed', delayMs: 1 } as const;
    expect(await keeper.settle({ claim, row, settlement: deferred })).toBe('ok');
    mustWait = false;
    expect(await keeper.askGate({ claim, row: other })).toBe('go');
  });

  it('lets no copy go that had to wait when it was asked, though another process has told Redis since', async () => {
    const claim = await claimAll(1);
    const [row] = claim.rows as [(typeof claim.rows)[0]];
    let mustWait = true;
    const keeper = gatekeeper({ mustWait: () => mustWait });
    const asking = keeper.askGate({ claim, row });
    // After the question has gone, which it does at the end of this turn, and before its answer comes.
    setImmediate(() => {
      mustWait = false;
    });
    await expect(asking).rejects.toThrow('told something first');
  });

  it('does not believe a gate that was asked again because Redis went away', async () => {
    const claim = await claimAll(2);
    const [row, other] = claim.rows as [(typeof claim.rows)[0], (typeof claim.rows)[0]];
    const keeper = gatekeeper();
    // The question lies there unanswered when the server is killed.
    await server.redis.call('CLIENT', 'PAUSE', '60000', 'ALL');
    const asking = keeper.askGate({ claim, row });
    const refused = expect(asking).rejects.toThrow('Redis was away while it was asked');
    await new Promise(setImmediate);
    await server.crash();
    await server.restart();
    await refused;
    expect(await keeper.askGate({ claim, row: other })).toBe('go');
  });

  it('asks for all connections in one script, and tells of all in the next', async () => {
    const claim = await claimAll(40);
    const keeper = gatekeeper();
    await keeper.askGate({ claim, row: claim.rows[0] as (typeof claim.rows)[0] });
    const before = await scriptCalls();
    const verdicts = await Promise.all(claim.rows.slice(1).map((row) => keeper.askGate({ claim, row })));
    const settled = await Promise.all(
      claim.rows.map((row) => keeper.settle({ claim, row, settlement: accepted }, evidence)),
    );
    expect((await scriptCalls()) - before).toBe(2);
    expect(new Set(verdicts)).toEqual(new Set(['go']));
    expect(new Set(settled)).toEqual(new Set(['ok']));
    expect((await readTally(ledger(), testIssueId)).counts).toMatchObject({ accepted: 40, committing: 0 });
    expect((await verifyIssue(ledger(), testIssueId)).gaps).toEqual([]);
  });

  it('keeps apart what belongs to different issues', async () => {
    const one = await claimAll(3);
    const other = await claimAll(5, 'ai-daily-2026-03-03');
    const keeper = gatekeeper();
    const copies = [one, other].flatMap((claim) => claim.rows.map((row) => ({ claim, row })));
    await Promise.all(copies.map((copy) => keeper.askGate(copy)));
    await Promise.all(copies.map((copy) => keeper.settle({ ...copy, settlement: accepted })));
    for (const [claim, size] of [
      [one, 3],
      [other, 5],
    ] as const) {
      expect((await readTally(ledger(), claim.issue.id)).counts.accepted).toBe(size);
    }
  });

  it('has an intent on file before it lets a copy go, and the outcome before Redis is told', async () => {
    const claim = await claimAll(1);
    const [row] = claim.rows;
    if (!row) throw new Error('no row');
    const keeper = gatekeeper();
    expect(await keeper.askGate({ claim, row })).toBe('go');
    const [file = ''] = await readdir(folder);
    const intent = { issue: testIssueId, page: 1, index: 0, sid: 1, fence: 7 };
    const [, line = ''] = (await readFile(join(folder, file), 'utf8')).split('\n');
    expect(JSON.parse(line)).toEqual({ ...intent, at: now, position: 0 });
    await keeper.settle({ claim, row, settlement: accepted }, evidence);
    const outcomes = [];
    for await (const outcome of readOutcomes(folder)) outcomes.push(outcome);
    expect(outcomes).toEqual([{ ...intent, settlement: accepted, ...evidence }]);
  });

  it('lets nothing go whose intent cannot be written, and still tells Redis what happened', async () => {
    const claim = await claimAll(2);
    const [first, second] = claim.rows;
    if (!first || !second) throw new Error('no rows');
    const full = new Error('ENOSPC: no space left on device');
    let isFull = false;
    const journal = {
      append: () => {
        if (isFull) throw full;
      },
    };
    const keeper = gatekeeper({ journal });
    expect(await keeper.askGate({ claim, row: first })).toBe('go');
    isFull = true;
    const settled = keeper.settle({ claim, row: first, settlement: accepted }, evidence);
    await expect(keeper.askGate({ claim, row: second })).rejects.toBe(full);
    expect(await settled).toBe('ok');
    const back = { to: 'deferred', reason: 'connection-failed', delayMs: 1_000 } as const;
    expect(await keeper.settle({ claim, row: second, settlement: back })).toBe('ok');
  });

  it('has on file what the relay said while Redis does not answer', async () => {
    const claim = await claimAll(2);
    const [first, second] = claim.rows;
    if (!first || !second) throw new Error('no rows');
    const keeper = gatekeeper();
    for (const row of [first, second]) expect(await keeper.askGate({ claim, row })).toBe('go');
    await server.redis.call('CLIENT', 'PAUSE', '300', 'ALL');
    const settled = [first, second].map((row, index) =>
      // The second comes while the first is under way.
      nextTurn(index * 3).then(() => keeper.settle({ claim, row, settlement: accepted }, evidence)),
    );
    await nextTurn(6);
    const sids = [];
    for await (const outcome of readOutcomes(folder)) sids.push(outcome.sid);
    expect(sids).toEqual([1, 2]);
    expect(await Promise.all(settled)).toEqual(['ok', 'ok']);
  });

  it('tells again what Redis refused, before it asks for anything else', async () => {
    const claim = await claimAll(2);
    const [first, second] = claim.rows;
    if (!first || !second) throw new Error('no rows');
    const keeper = gatekeeper();
    expect(await keeper.askGate({ claim, row: first })).toBe('go');
    await server.redis.replicaof('127.0.0.1', '1');
    const settled = keeper.settle({ claim, row: first, settlement: accepted }, evidence);
    await expect(keeper.askGate({ claim, row: second })).rejects.toThrow(/READONLY/);
    const later = keeper.askGate({ claim, row: second });
    await server.redis.replicaof('NO', 'ONE');
    expect(await later).toBe('go');
    expect((await readTally(ledger(), testIssueId)).counts).toMatchObject({ accepted: 1, committing: 1 });
    expect(await settled).toBe('ok');
  });
});

describe('a journal whose last line was cut short', () => {
  it('loses that line alone', async () => {
    const entry = {
      issue: testIssueId,
      page: 1,
      index: 0,
      sid: 1,
      fence: 7,
      settlement: accepted,
      ...evidence,
    };
    const journal = openJournal(folder, 'store');
    journal.append([entry]);
    const [file = ''] = await readdir(folder);
    await appendFile(join(folder, file), '{"issue":"ai-da');
    journal.append([{ ...entry, sid: 2 }]);
    journal.append([{ ...entry, sid: 3 }]);
    const sids = [];
    for await (const outcome of readOutcomes(folder)) sids.push(outcome.sid);
    expect(sids).toEqual([1, 3]);
  });
});
