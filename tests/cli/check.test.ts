import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../src/preflight/problem.ts';
import type { EditionReport } from '../../src/preflight/sample.ts';
import { keys } from '../../src/redis/keys.ts';
import { createSubscriberStore } from '../../subscribers/store.ts';
import { openDesk as openLedgerDesk } from '../helpers/desk.ts';
import { digestOf, storyOf } from '../helpers/digests.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { type Desk, openDesk, smallDigest, today } from './in-process.ts';

interface Report {
  readonly editions: readonly EditionReport[];
  readonly problems: readonly Problem[];
  readonly clients: { readonly tested: readonly string[]; readonly untested: readonly string[] };
}

interface Failure {
  readonly error: { readonly code: string; readonly hint?: string };
}

const which = ['--newsletter', 'ai-daily'];

let desk: Desk;
beforeAll(() => {
  desk = openDesk();
  desk.write('today.md', smallDigest(today()));
  desk.write('bad.md', smallDigest(today(), '见 https://bit.ly/3x 与 {{summary}}'));
});
afterAll(() => desk.remove());

describe('paperboy check', () => {
  it('prints editions and problems with the keys of the contract; without Redis recipients are null', async () => {
    const { status, data } = await desk.json<Report>(['check', 'today.md', ...which]);
    expect(status).toBe(0);
    expect(Object.keys(data)).toEqual(['editions', 'problems', 'clients']);
    expect(data.clients.untested).toContain('QQ Mail');
    expect(data.clients.tested).toContain('Gmail');
    expect(data.editions.map(({ topics, recipients }) => [topics, recipients])).toEqual([
      ['all', null],
      [['policy'], null],
      [['models'], null],
    ]);
    for (const report of data.editions) {
      expect(Object.keys(report)).toEqual([
        'id',
        'topics',
        'recipients',
        'stories',
        'subject',
        'preheader',
        'htmlBytes',
        'messageBytes',
        'readingMinutes',
      ]);
      expect(report.id).toMatch(/^[0-9a-f]{10}$/);
    }
    expect(data.problems.map(({ severity, rule }) => `${severity} ${rule}`)).toEqual(
      Array(3).fill('warning few-stories'),
    );
  });

  it('shows people a table and each problem once', async () => {
    const { status, stdout } = await desk.run(['check', 'today.md', ...which]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ +edition +stories +minutes +HTML +mail +subject$/m);
    expect(stdout).toMatch(/^! +policy +1 +1 +\d+\.\d kB +\d+\.\d kB +青湖市公布测试细则｜AI 日报/m);
    expect(stdout).toMatch(/^warning {2}few-stories {2}holds only 1 story: policy, models$/m);
    expect(stdout).toMatch(/^3 editions, 3 warnings$/m);
    expect(stdout).toMatch(/^not tested by anybody: QQ Mail/m);
  });

  it('exits 1 on an error and names the line', async () => {
    const { status, data } = await desk.json<Report>(['check', 'bad.md', ...which]);
    expect(status).toBe(1);
    expect(data.problems.slice(0, 2)).toEqual([
      {
        severity: 'error',
        rule: 'placeholder-left',
        lines: [13],
        message: 'line 13: "{{summary}}" was never filled in',
      },
      {
        severity: 'error',
        rule: 'link-shortener',
        lines: [13],
        message: 'line 13: "https://bit.ly/3x" hides where it leads; link to the page itself',
      },
    ]);
    const { stdout } = await desk.run(['check', 'bad.md', ...which]);
    expect(stdout).toMatch(/^error {4}link-shortener {4}line 13:/m);
    expect(stdout).toMatch(/^3 editions, 2 errors, 3 warnings$/m);
    // The story of line 13 is in two of the three.
    expect(stdout.match(/^[✗!✓] +\S+/gm)).toEqual(['✗  all', '!  policy', '✗  models']);
  });

  it('takes warnings for errors with --strict', async () => {
    const { status, data } = await desk.json<Report>(['check', 'today.md', ...which, '--strict']);
    expect(status).toBe(1);
    expect(new Set(data.problems.map(({ severity }) => severity))).toEqual(new Set(['error']));
  });

  it('needs a configuration, a newsletter where there are several, and a date', async () => {
    const bare = openDesk();
    bare.write('today.md', smallDigest(today()));
    bare.write('dateless.md', smallDigest(today()).replace(/ \(.*\)/, ''));
    const failure = async (...args: string[]) => {
      const { status, data } = await bare.json<Failure>(['check', ...args]);
      return [status, data.error.code, data.error.hint];
    };
    expect(await failure('today.md')).toEqual([
      2,
      'newsletter-required',
      expect.stringContaining('--newsletter'),
    ]);
    expect(await failure('dateless.md', ...which)).toEqual([
      65,
      'date-missing',
      expect.stringContaining('--date'),
    ]);
    expect(await failure('missing.md', ...which)).toEqual([65, 'file-missing', undefined]);
    rmSync(join(bare.folder, 'newsletter.yaml'));
    expect(await failure('today.md', ...which)).toEqual([
      78,
      'config-missing',
      expect.stringContaining('paperboy init'),
    ]);
    bare.remove();
  });
});

describe('paperboy check with subscribers', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startTestRedis();
    const store = createSubscriberStore({
      redis: redis.redis,
      newsletters: ['ai-daily', 'tech-brief'],
      pepper: Buffer.alloc(32),
      clock: () => Date.now(),
    });
    const people = [
      { address: 'a@reader.invalid', topics: 'all' as const },
      { address: 'b@reader.invalid', topics: ['policy'] },
      { address: 'c@reader.invalid', topics: ['models', 'policy'] },
      { address: 'd@reader.invalid', topics: ['space'] },
      { address: 'e@reader.invalid', topics: 'all' as const, memberships: ['tech-brief'] },
    ];
    for (const person of people) await store.upsert({ ...person, state: 'active', consent: 'a test' });
  });
  afterAll(async () => await redis.stop());

  const counted = ({ editions }: Report) =>
    editions.map(({ topics, recipients }) => `${String(topics)} ${recipients}`);

  it('counts the readers of every edition, and tells who gets none', async () => {
    const env = { REDIS_URL: redis.url };
    const { data } = await desk.json<Report>(['check', 'today.md', ...which], env);
    expect(counted(data)).toEqual(['all 1', 'policy 1', 'models 0', 'models,policy 1']);
    const { stdout, stderr } = await desk.run(['check', 'today.md', ...which], env);
    expect(stdout).toMatch(/^! +models\+policy +1 +2 /m);
    expect(stderr).toBe('1 subscriber gets no mail: the digest has no story in the topics they chose\n');
  });

  it('joins the Redis that runs on the data folder, and starts none', async () => {
    mkdirSync(join(desk.folder, 'data'));
    const runFile = join(desk.folder, 'data', 'run.json');
    writeFileSync(runFile, JSON.stringify({ redis: { socket: redis.socket, pid: process.pid } }));
    const { data } = await desk.json<Report>(['check', 'today.md', ...which]);
    expect(counted(data)).toContain('policy 1');
    rmSync(join(desk.folder, 'data'), { recursive: true });
  });

  it('changes nothing there', async () => {
    const before = await redis.redis.call('DBSIZE');
    await desk.json(['check', 'today.md', ...which], { REDIS_URL: redis.url });
    expect(await redis.redis.call('DBSIZE')).toBe(before);
    expect(await redis.redis.exists(keys.store)).toBe(0);
  });

  it('works all the same when Redis is away, and says so', async () => {
    const { status, data, stderr } = await desk.json<Report>(['check', 'today.md', ...which], {
      REDIS_URL: `unix://${redis.socket}.gone`,
    });
    expect(status).toBe(0);
    expect(counted(data)[0]).toBe('all null');
    expect(stderr).toContain('recipients and repeats are unknown');
  });
});

describe('paperboy check after other issues', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startTestRedis();
    const before = await openLedgerDesk(redis);
    await before.subscribe(1, 'all');
    const now = Date.parse(today());
    for (let day = 5; day >= 1; day--) {
      const date = new Date(now - day * 86_400_000).toISOString().slice(0, 10);
      const stories = Array.from({ length: 6 }, (_, n) =>
        storyOf(`第 ${day} 天的第 ${n} 条青湖新闻`, {
          summary: '正文'.repeat(40),
          sources: [{ name: '青湖日报', url: `https://lake.example/${day}/${n}` }],
        }),
      );
      await before.publish(digestOf([{ name: '政策', stories }], { date }));
    }
  });
  afterAll(async () => await redis.stop());

  it('names what is unlike them', async () => {
    const { status, data } = await desk.json<Report>(['check', 'today.md', ...which], {
      REDIS_URL: redis.url,
    });
    expect(status).toBe(0);
    expect(
      data.problems.filter(({ rule }) => /unusual|new-site/.test(rule)).map(({ message }) => message),
    ).toEqual([
      'the digest has 2 stories; the last 5 issues had 6',
      expect.stringMatching(/^the digest has \d+ letters; the last 5 issues had \d+$/),
      'not linked in the last 5 issues: news.example (line 5)',
    ]);
  });
});
