import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openInboxStore } from '../../src/inbox/inbox-store.ts';
import { drawChart } from '../../src/web/chaos-chart.ts';
import type { ChaosSample } from '../../src/web/chaos-desk.ts';
import { startWeb, type Web } from '../../src/web/server.ts';
import { demoOver, subscribersInMemory, webOptions } from './in-memory.ts';

const sample = (atMs: number, accepted: number, change: Partial<ChaosSample> = {}): ChaosSample => ({
  atMs,
  planned: 5_000 - accepted,
  inHand: 0,
  accepted,
  uncertain: 0,
  left: 0,
  other: 0,
  arrived: accepted,
  ...change,
});

const verdict = {
  recipients: 5_000,
  accepted: 4_995,
  spared: 2,
  uncertain: 3,
  uncertainArrived: 1,
  copies: 4_996,
  distinctRecipients: 4_996,
  duplicates: 0,
  lost: 0,
  gaps: 0,
  workerKills: 4,
  redisKills: 1,
  unsubscribed: 2,
  seconds: 31.4,
};

describe('the chaos page', () => {
  let folder: string;
  let web: Web;
  let demo: ReturnType<typeof demoOver>;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'paperboy-inbox-'));
    demo = demoOver(await openInboxStore({ folder }));
    web = await startWeb(webOptions({ subscribers: subscribersInMemory({}), demo }));
  });
  afterEach(async () => {
    await web.close();
    await rm(folder, { recursive: true, force: true });
  });
  const page = async () => await (await fetch(`${web.url}/chaos`)).text();
  const post = (path: string, headers: Record<string, string> = { Origin: web.url }) =>
    fetch(`${web.url}${path}`, { method: 'POST', redirect: 'manual', headers });

  it('offers to begin, and nothing else, before anything runs', async () => {
    const text = await page();
    expect(text).toContain('action="/chaos/start"');
    expect(text).not.toContain('action="/chaos/kill-worker"');
    expect(text).not.toContain('http-equiv="refresh"');
    expect(text).toContain('data-live="no"');
  });

  it('shows a send under way with its buttons, its counts and a chart; without a script it refreshes', async () => {
    demo.chaos.view = {
      ...demo.chaos.view,
      phase: 'sending',
      workers: 2,
      samples: [sample(0, 0), sample(250, 100), sample(500, 1_234, { uncertain: 3 })],
      events: [
        { atMs: 300, kind: 'worker-killed', detail: '4711' },
        { atMs: 400, kind: 'left', detail: '<b>@chaos.invalid' },
      ],
    };
    const text = await page();
    for (const action of ['kill-worker', 'kill-redis', 'unsubscribe', 'pause'])
      expect(text).toContain(`<form method="post" action="/chaos/${action}">`);
    expect(text).toContain('<b>1,234</b>');
    expect(text).toContain('<noscript><meta http-equiv="refresh" content="2"></noscript>');
    expect(text).toContain('data-live="yes"');
    expect(text.match(/<svg class="chart/g)).toHaveLength(2);
    expect(text).toContain('&lt;b&gt;@chaos.invalid');
    expect(text).not.toMatch(/<script>|<style|\sstyle=/);
  });

  it('offers to go on while it is paused, and says when Redis is away', async () => {
    demo.chaos.view = { ...demo.chaos.view, phase: 'paused', isRedisAway: true, samples: [sample(0, 0)] };
    const text = await page();
    expect(text).toContain('action="/chaos/resume"');
    expect(text).not.toContain('action="/chaos/pause"');
    expect(text).toContain('is away');
  });

  it('holds the ledger against the record of the inbox at the end', async () => {
    demo.chaos.view = { ...demo.chaos.view, phase: 'done', samples: [sample(0, 0), sample(9, 9)], verdict };
    const text = await page();
    expect(text).toMatch(/<b>0<\/b> 重复/);
    expect(text).toMatch(/<b>3<\/b> 不确定/);
    expect(text).toContain('class="card verdict is-well"');
    expect(text).toMatch(
      /4,995 <span class="sum-word">[^<]*<\/span> \+ 1 <span class="sum-word">[^<]*<\/span> = 4,996/,
    );
    expect(text).toContain('action="/chaos/start"');
  });

  it('shows at once when something was sent twice or lost', async () => {
    demo.chaos.view = {
      ...demo.chaos.view,
      phase: 'done',
      verdict: { ...verdict, duplicates: 1, copies: 4_997 },
    };
    const text = await page();
    expect(text).toContain('<li class="is-bad"><b>1</b> 重复');
    expect(text).not.toContain('is-well');
  });

  it('says why a run failed, and offers another', async () => {
    demo.chaos.view = { ...demo.chaos.view, phase: 'failed', problem: 'no <room> left' };
    const text = await page();
    expect(text).toContain('no &lt;room&gt; left');
    expect(text).toContain('action="/chaos/start"');
  });

  it('changes by POST from its own pages alone, and knows its actions', async () => {
    expect((await post('/chaos/kill-worker')).status).toBe(303);
    expect((await post('/chaos/kill-redis', { Origin: 'https://evil.invalid' })).status).toBe(403);
    expect((await post('/chaos/kill-redis', {})).status).toBe(403);
    expect((await post('/chaos/rm')).status).toBe(404);
    expect((await fetch(`${web.url}/chaos/kill-redis`)).status).toBe(404);
    expect(demo.chaos.acts).toEqual(['kill-worker']);
  });
});

describe('the chart', () => {
  const size = { width: 400, height: 300, ticks: 5 };

  it('stacks all copies to the same height at every moment', () => {
    const samples = [
      sample(0, 0),
      sample(10_000, 2_000, { planned: 2_990, uncertain: 10 }),
      sample(20_000, 5_000),
    ];
    const { areas, top, bottom, left, right, ticks, grid } = drawChart(samples, [], 5_000, size);
    const planned = areas.at(-1)?.path ?? '';
    const above = planned
      .slice(1)
      .split('L')
      .slice(0, 3)
      .map((point) => point.split(' ').map(Number));
    expect(above).toEqual([
      [left, top],
      [expect.any(Number), top],
      [right, top],
    ]);
    expect(areas[0]?.path.startsWith(`M${left} ${bottom}`)).toBe(true);
    expect(ticks.map(({ label }) => label)).toEqual(['0 s', '5 s', '10 s', '15 s', '20 s']);
    expect(grid.map(({ label }) => label)).toEqual(['0', '2,500', '5,000']);
  });

  it('puts marks of the same moment below each other', () => {
    const events = [100, 120, 140, 15_000].map((atMs) => ({
      atMs,
      kind: 'worker-killed' as const,
      detail: '1',
    }));
    const rows = drawChart([], events, 5_000, size).marks.map(({ y }) => y);
    expect(new Set(rows.slice(0, 3)).size).toBe(3);
    expect(rows[3]).toBe(rows[0]);
  });

  it('does not grow with a run that was left paused for an hour', () => {
    const samples = Array.from({ length: 14_400 }, (_, at) => sample(at * 250, 100));
    const { line, ticks } = drawChart(samples, [], 5_000, size);
    expect(line.split('L').length).toBeLessThan(400);
    expect(ticks.length).toBeLessThanOrEqual(6);
  });
});
