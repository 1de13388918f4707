import { createServer, createConnection, type Socket } from 'node:net';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomFence } from '../../src/core/ids.ts';
import { silentLogger } from '../../src/core/log.ts';
import { askGate, claimRows, settleRow } from '../../src/ledger/claims.ts';
import { beat, takeDue } from '../../src/ledger/incarnations.ts';
import { demandIssue, replanRows, reviseIssue, freezeStretch, publishIssue, setControl } from '../../src/ledger/issues.ts';
import { nextDueAt, readPage, readTally } from '../../src/ledger/reader.ts';
import { keys } from '../../src/redis/keys.ts';
import { connectRedis } from '../../src/redis/connect.ts';
import { deliverPage } from '../../src/delivery/deliver-page.ts';
import { createConnections } from '../../src/delivery/connections.ts';
import { newIssue, plannedRow, publishAndFreeze, testIssueId } from '../helpers/ledger.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { createStubTransport } from '../../src/transport/stub.ts';

let server: TestRedis;
let now = Date.UTC(2026, 2, 2, 8);
const deps = () => ({ redis: server.redis, now: () => now });
beforeAll(async () => { server = await startTestRedis(); });
afterAll(async () => { await server.stop(); });
beforeEach(async () => { await server.redis.flushall(); now = Date.UTC(2026, 2, 2, 8); });
const counts = async () => Object.fromEntries(Object.entries((await readTally(deps(), testIssueId)).counts).filter(([, n]) => n));

const sub = (sid: number) => ({ sid, address: `r${sid}@x.example`, name: '', state: 'active' });
const fakeEdition: any = await (async () => {
  const { prepareEdition } = await import('../../src/message/prepare-message.ts');
  return prepareEdition({ editionId: 'x', subject: 's', preheader: '', format: 'text', text: ['hi'], html: [] } as any,
    { newsletter: 'ai-daily', newsletterName: 'n', from: { name: 'n', address: 'a@news.example' }, language: 'en', issue: testIssueId, messageIdKey: Buffer.alloc(32, 1) } as any);
})();
function worker(ledger: any, transport: any, more: any = {}) {
  const log: string[] = [];
  return { log, ledger, subscribers: { getMany: async (s: number[]) => s.map(sub), suppress: async () => {} } as any,
    editions: { get: async () => fakeEdition }, connections: createConnections(transport, () => now, () => 0),
    links: { of: () => ({ unsubscribeUrl: 'https://x.example/u', preferencesUrl: 'https://x.example/p' }) } as any,
    now: () => now, random: () => 0.5, incarnation: () => 'A',
    ...more, log: silentLogger } as any;
}
const never = new AbortController().signal;

it('E0 baseline', async () => {
  await publishAndFreeze(deps(), 20); await beat(deps(), 'A', true);
  await deliverPage(worker(deps(), createStubTransport()), testIssueId, 1, never);
  console.log('E0', await counts());
});

it('E1 claim whose reply is lost and that ioredis sends again', async () => {
  const path = `${server.socket}.proxy`;
  let armed = false, cut = 0;
  const proxy = createServer((client: Socket) => {
    const up = createConnection(server.socket);
    up.on('error', () => {}); client.on('error', () => {});
    client.on('data', (d) => { if (process.env.SHOW) console.log(String(d).slice(0, 60)); up.write(d); });
    up.on('data', (d) => { if (armed && String(d).includes('ok')) { armed = false; cut++; client.destroy(); up.destroy(); } else client.write(d); });
    client.on('close', () => up.destroy()); up.on('close', () => client.destroy());
  }).listen(path);
  const redis = await connectRedis(`unix://${path}`);
  const ledger = { redis, now: () => now };
  await publishAndFreeze(deps(), 20); await beat(deps(), 'A', true);
  // warm the script cache
  await claimRows(ledger, { issue: await demandIssue(ledger, testIssueId), page: 99, fence: 5, incarnation: 'A' }, 1);
  armed = true;
  await deliverPage(worker(ledger, createStubTransport()), testIssueId, 1, never);
  console.log('E1 cut', cut, await counts(), 'due', await server.redis.zrange(keys.due, 0, -1, 'WITHSCORES'), 'claims', await server.redis.hgetall(keys.claims('A')));
  redis.disconnect(); proxy.close(); rmSync(path, { force: true });
});

it('E2 revise between reading the issue and claiming', async () => {
  const issue = await publishAndFreeze(deps(), 3); await beat(deps(), 'A', true);
  await reviseIssue(deps(), issue, '{"digest":2}', 'two');
  const claim = (await claimRows(deps(), { issue, page: 1, fence: randomFence(), incarnation: 'A' }, 50))!;
  console.log('E2 rendered from revision', claim.issue.revision, 'row says', claim.rows[0]!.revision, 'gate', await askGate(deps(), claim, claim.rows[0]!));
});

it('E3 a row whose connection breaks each time starves those behind it', async () => {
  await publishAndFreeze(deps(), 40); await beat(deps(), 'A', true);
  const t = createStubTransport({ script: (m) => m.envelope.to === 'r5@x.example' ? { type: 'broken', stage: 'rcpt', error: new Error('reset') } : undefined });
  const w = worker(deps(), t);
  for (let turn = 0; turn < 250; turn++) {
    const { members } = await takeDue(deps(), 100);
    for (const m of members) if (m.kind === 'page') await deliverPage(w, testIssueId, m.page, never);
    now += 5 * 60_000;
  }
  console.log('E3', await counts(), 'accepted', t.accepted.length);
});

it('E3b an edition that cannot be rendered', async () => {
  await publishAndFreeze(deps(), 40); await beat(deps(), 'A', true);
  // sid 5 holds the broken set
  await server.redis.setrange(keys.page(testIssueId, 1), 4 * 24 + 16, Buffer.from([2, 0]) as any);
  const t = createStubTransport();
  const w = worker(deps(), t, { editions: { get: async (_: any, set: number) => { if (set === 2) throw new Error('render'); return fakeEdition; } } });
  for (let turn = 0; turn < 250; turn++) {
    const { members } = await takeDue(deps(), 100);
    for (const m of members) if (m.kind === 'page') await deliverPage(w, testIssueId, m.page, never);
    now += 5 * 60_000;
  }
  console.log('E3b', await counts());
});

it('E5 worker clock a day behind', async () => {
  await publishAndFreeze(deps(), 10); await beat(deps(), 'A', true);
  const t = createStubTransport({ script: () => ({ type: 'refused', refusal: { stage: 'rcpt', code: 451, reply: '451 4.7.1 greylisted', class: 'greylisted', action: 'defer', suppress: false } }) as any });
  const w = worker(deps(), t, { now: () => now - 86_400_000 });
  let asked = 0; const start = now;
  for (let turn = 0; turn < 20; turn++) {
    const { members } = await takeDue(deps(), 100);
    for (const m of members) if (m.kind === 'page') { asked++; await deliverPage(w, testIssueId, m.page, never); }
    now += 500;
  }
  const row = (await readPage(deps(), testIssueId, 1))[0]!;
  console.log('E5 woken', asked, 'times in', (now - start) / 1000, 's; attempts of row 1:', row.attempts);
});

it('E9 ten connections break at once', async () => {
  const c = createConnections({ connect: async () => ({ type: 'broken', stage: 'connect', error: new Error('x') }) } as any, () => now, () => 0);
  const all = await Promise.all(Array.from({ length: 10 }, () => c.acquire()));
  console.log('E9 waits', all.map((a: any) => a.waitMs));
  let connects = 0;
  const d = createConnections({ connect: async () => { connects++; return { send: async () => ({}), usable: true, close: async () => {} } } } as any, () => now, () => 0);
  d.failed(); d.failed(); d.failed();
  const got: any = await d.acquire();
  console.log('E9b after failed() x3, acquire connects at once:', 'connection' in got, connects);
});

it('E11 pause: how many transactions one claim still opens', async () => {
  await publishAndFreeze(deps(), 50); await beat(deps(), 'A', true);
  let sends = 0, connects = 0;
  const t = { connect: async () => { connects++; let ok = true; return { get usable() { return ok; }, close: async () => {}, send: async (_m: any, gate: any) => { sends++; if (sends === 3) await setControl(deps(), testIssueId, 'paused'); const g = await gate(); if (!g) { ok = false; return { type: 'withheld' }; } return { type: 'accepted', reply: '250' }; } }; }, close: async () => {}, name: 'x' };
  await deliverPage(worker(deps(), t), testIssueId, 1, never);
  console.log('E11 sends', sends, 'connects', connects, await counts());
});

it('E10 preference set 65536', async () => {
  for (const sid of [1, 2]) await server.redis.setbit(keys.eligible('ai-daily', 'daily'), sid, 1);
  await publishIssue(deps(), newIssue());
  const issue = await demandIssue(deps(), testIssueId);
  try {
    await freezeStretch(deps(), { issue, nextSid: 3, isLast: true, pages: [{ wave: now / 1000, lane: 'other', rows: [plannedRow(1, now / 1000, { preferenceSet: 65536 })] }] });
    console.log('E10 frozen');
  } catch (e) { console.log('E10', String(e)); }
});

it('E12 expiry of a row deferred beyond it', async () => {
  const issue = await publishAndFreeze(deps(), 1); await beat(deps(), 'A', true);
  now += 17 * 3_600_000;
  const claim = (await claimRows(deps(), { issue, page: 1, fence: 7, incarnation: 'A' }, 50))!;
  await settleRow(deps(), claim, claim.rows[0]!, { to: 'deferred', dueAt: now + 8 * 3_600_000 });
  console.log('E12 expires in 1 h, page woken in h:', ((await nextDueAt(deps(), issue))! - now) / 3_600_000);
});

it('E13 revise: 256 revisions', async () => {
  const issue = await publishAndFreeze(deps(), 1); await beat(deps(), 'A', true);
  await server.redis.hset(keys.issue(testIssueId), 'revision', 256);
  const claim = (await claimRows(deps(), { issue: await demandIssue(deps(), testIssueId), page: 1, fence: 7, incarnation: 'A' }, 50))!;
  console.log('E13', claim.rows[0]!.revision, await askGate(deps(), claim, claim.rows[0]!));
});
