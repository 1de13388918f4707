import { mkdtempSync, writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, it } from 'vitest';
import { openApp, readSettings } from '../../src/app.ts';
import { waitForIssue } from '../../src/cli/wait.ts';
import { publish } from '../../src/delivery/publish.ts';
import { planIssue } from '../../src/delivery/plan-issue.ts';
import { wakeDue, sweep } from '../../src/delivery/sweep.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { setHalted, demandIssue, reviseIssue, readIssue } from '../../src/ledger/issues.ts';
import { readTally } from '../../src/ledger/reader.ts';
import { testConfig } from '../helpers/program.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { publishAndFreeze, testIssueId } from '../helpers/ledger.ts';
import { createWakeups } from '../../src/queue/wakeups.ts';
import { silentLogger } from '../../src/core/log.ts';
import { queuePrefix } from '../../src/redis/keys.ts';

let server: TestRedis;
beforeAll(async () => { server = await startTestRedis(); });
afterAll(async () => { await server.stop(); });
const nz = (c: any) => Object.fromEntries(Object.entries(c).filter(([, n]) => n));
const digest = (n: number, story = '政策'): any => ({ title: 'T', date: `2026-03-${String(n).padStart(2, '0')}`, lang: 'zh', format: 'json',
  categories: [{ name: story, stories: [{ title: 'A story', summary: 'text', highlights: [], sources: [{ name: 's', url: 'https://s.example/' }], topics: [story === '政策' ? 'policy' : 'models'], line: 1 }] }], analyses: [], trends: [] });

async function app(env: any = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'pb-review-'));
  writeFileSync(join(folder, 'newsletter.yaml'), testConfig);
  const base = { PATH: process.env.PATH!, HOME: folder, LOG_LEVEL: 'error', SMTP_URL: 'stub:', ...env };
  // mint a keyring first
  const { execFileSync } = await import('node:child_process');
  execFileSync(process.execPath, [join(process.cwd(), 'dist/src/cli/main.js'), 'init', '--config', 'unused.yaml'], { cwd: folder, env: base });
  return await openApp(readSettings(join(folder, 'newsletter.yaml'), { ...base, REDIS_URL: server.url, KEYRING: join(folder, 'data', 'keyring.json') }, folder));
}
const io = (signal: AbortSignal): any => ({ stdout: process.stdout, stderr: { write() {} }, isInteractive: false, signal });
const never = new AbortController().signal;

it('E4 wait ends early', async () => {
  await server.redis.flushall();
  const a = await app();
  for (const n of ['ann', 'bob', 'cleo']) await a.subscribers.upsert({ address: `${n}@r.example`, memberships: undefined, newsletters: ['ai-daily'], consent: 'x' } as any).catch((e: any) => console.log(e));
  for (const delay of [0]) {
    let early = 0; const runs = 28;
    for (let i = 1; i <= runs; i++) {
      const { issue } = await publish(a, { newsletter: 'ai-daily', digest: digest(i + (delay ? 15 : 0)) });
      await wakeDue(a);
      const slow = a as any;
      const status = await waitForIssue(io(never), slow, issue, 20000);
      if (status.phase !== 'done') { early++; console.log('E4 early', delay, nz(status.counts)); }
    }
    console.log('E4 delay', delay, 'ms: ended early', early, 'of', runs);
  }
  await a.close();
}, 120000);

it('E8 wait under halt', async () => {
  await server.redis.flushall();
  const a = await app();
  await a.subscribers.upsert({ address: `ann@r.example`, newsletters: ['ai-daily'], consent: 'x' } as any);
  await setHalted(a.ledger, true);
  const { issue } = await publish(a, { newsletter: 'ai-daily', digest: digest(1) });
  const t0 = Date.now();
  const status = await waitForIssue(io(never), a, issue, 8000);
  console.log('E8 waited', Date.now() - t0, 'ms of a limit of 8000', status.phase);
  await a.close();
}, 60000);

it('E6 revise while a stretch is being planned', async () => {
  await server.redis.flushall();
  const a = await app();
  await a.subscribers.upsert({ address: `ann@r.example`, newsletters: ['ai-daily'], topics: ['models'], consent: 'x' } as any);
  const { issue } = await publish(a, { newsletter: 'ai-daily', digest: digest(1, '政策') });
  let done = false;
  // the planner has read the issue; while it reads subscribers the operator revises
  const subscribers = { getMany: async (s: number[]) => { if (!done) { done = true; console.log(await publish(a, { newsletter: 'ai-daily', digest: digest(1, '模型'), change: 'revise' })); } return a.subscribers.getMany(s as any); } };
  await planIssue({ ledger: a.ledger, subscribers } as any, issue, never);
  console.log('E6', nz((await readTally(a.ledger, issue)).counts), 'revision', (await demandIssue(a.ledger, issue)).revision);
  // crash between revise script and replan
  const { issue: i2 } = await publish(a, { newsletter: 'ai-daily', digest: digest(2, '政策') });
  await planIssue(a, i2, never);
  const { encodeContent, contentHashOf } = await import('../../src/delivery/content.ts');
  const content = { digest: digest(2, '模型'), date: '2026-03-02', subject: '' };
  await reviseIssue(a.ledger, await demandIssue(a.ledger, i2), encodeContent(content), contentHashOf(content));
  console.log('E6b again:', await publish(a, { newsletter: 'ai-daily', digest: digest(2, '模型'), change: 'revise' }), nz((await readTally(a.ledger, i2)).counts));
  await a.close();
}, 60000);

it('E7 queue growth', async () => {
  await server.redis.flushall();
  let now = Date.now();
  const ledger = { redis: server.redis, now: () => now };
  await publishAndFreeze(ledger, 400, 4);
  const wakeups = createWakeups(server.url, () => {});
  const mem = async () => Number(/used_memory:(\d+)/.exec(await server.redis.info('memory'))![1]);
  const before = await mem();
  for (let i = 0; i < 40; i++) { await sweep({ ledger, wakeups, log: silentLogger }, 'A'); now += 30_001; }
  const waiting = await server.redis.llen(`${queuePrefix}:deliver:wait`);
  console.log('E7 pages 100, jobs waiting after 40 turns of 30 s:', waiting, 'bytes each', Math.round(((await mem()) - before) / waiting));
  await wakeups.close();
}, 60000);
