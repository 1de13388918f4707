/** Bad input and servers that are away: a clear error or a named state, the right exit status, nothing sent twice. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.ts';
import { createWorkplace, testConfig, type Workplace } from '../helpers/program.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { type SmtpSink, startSmtpSink } from '../helpers/smtp-sink.ts';

const example = join(packageRoot(), 'examples', 'digests', 'ai-daily-2026-03-02.md');
const issue = 'ai-daily-2026-03-02';

interface Failure {
  readonly error: { readonly code: string; readonly message: string };
}

let redis: TestRedis;
let place: Workplace;

async function withKeyring(workplace: Workplace): Promise<Workplace> {
  await workplace.json(['init', '--config', 'unused.yaml']);
  Object.assign(workplace.env, { KEYRING: join(workplace.folder, 'data', 'keyring.json') });
  return workplace;
}

async function fails(
  args: readonly string[],
  env?: Record<string, string>,
): Promise<{ status: number | null; code: string; message: string }> {
  const { status, data } = await place.json<Failure>(args, env);
  return { status, ...data.error };
}

describe('what cannot be read', () => {
  beforeAll(async () => {
    place = await createWorkplace();
  });
  afterAll(async () => {
    await place.remove();
  });

  it.each([
    ['a digest that is not there', ['parse', 'nowhere.md'], 65, 'file-missing'],
    ['a folder', ['parse', '.'], 65, 'file-unreadable'],
    ['an unknown option', ['parse', 'x.md', '--colour'], 2, 'usage'],
    ['an unknown command', ['sned'], 2, 'usage'],
    ['a moment without its offset', ['send', example, '--at', '2026-03-02T07:30'], 2, 'usage'],
    ['two ways at once', ['send', example, '--revise', '--correct'], 2, 'usage'],
    ['no newsletter where there are several', ['check', example], 2, 'newsletter-required'],
    ['a newsletter that is not there', ['check', example, '--newsletter', 'nope'], 2, 'newsletter-unknown'],
    ['a configuration that is not there', ['status', '--config', 'nope.yaml'], 78, 'config-missing'],
  ])('%s', async (_, args, status, code) => {
    expect(await fails(args)).toMatchObject({ status, code });
  });

  it('a digest without stories, without a date, or of a date that does not exist', async () => {
    await place.write('empty.md', '# 今日 (2026-03-02)\n\n没有。\n');
    await place.write('dateless.md', '# Today\n\n## News\n\n- **A story**: text ([s](https://s.example/))\n');
    expect(await fails(['parse', 'empty.md'])).toMatchObject({ status: 65, code: 'no-stories' });
    expect(await fails(['parse', 'dateless.md', '--date', '2026-02-30'])).toMatchObject({
      status: 65,
      code: 'date-invalid',
    });
    expect(
      await fails(['send', 'dateless.md', '--newsletter', 'ai-daily', '--wait'], { SMTP_URL: 'stub:' }),
    ).toMatchObject({
      status: 65,
      code: 'date-missing',
    });
  });

  it('a configuration with a misspelt key, by line, column and the key that was meant', async () => {
    await place.write('wrong.yaml', testConfig.replace('timezone: Asia/Shanghai', 'timezon: Asia/Shanghai'));
    const failure = await fails(['status', '--config', 'wrong.yaml']);
    expect(failure).toMatchObject({ status: 78, code: 'config-invalid' });
    expect(failure.message).toMatch(/wrong\.yaml:9:5: .*timezon.*timezone/s);
  });

  it('a relay that is not configured', async () => {
    expect(await fails(['send', example, '--newsletter', 'ai-daily', '--wait'])).toMatchObject({
      status: 78,
      code: 'relay-missing',
    });
  });

  it('links that readers could not follow', async () => {
    const env = { SMTP_URL: 'smtp://relay.example:25' };
    expect(await fails(['send', example, '--newsletter', 'ai-daily'], env)).toMatchObject({
      status: 78,
      code: 'environment-invalid',
    });
  });
});

describe('a Redis', () => {
  beforeAll(async () => {
    place = await withKeyring(await createWorkplace());
  });
  afterAll(async () => {
    await place.remove();
  });

  it('that is away', async () => {
    const failure = await fails(['status'], { REDIS_URL: 'redis://:geheim@127.0.0.1:1/' });
    expect(failure).toMatchObject({ status: 69, code: 'redis-unreachable' });
    expect(JSON.stringify(failure)).not.toContain('geheim');
  });

  it('that evicts keys, or forgets the last second', async () => {
    const evicting = await startTestRedis(['--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru']);
    const forgetful = await startTestRedis(['--appendfsync', 'everysec']);
    try {
      expect(await fails(['status'], { REDIS_URL: evicting.url })).toMatchObject({
        status: 78,
        code: 'redis-evicts',
      });
      expect(await fails(['status'], { REDIS_URL: forgetful.url })).toMatchObject({
        status: 78,
        code: 'redis-not-durable',
      });
    } finally {
      await Promise.all([evicting.stop(), forgetful.stop()]);
    }
  });

  it('whose store belongs to another keyring', async () => {
    const server = await startTestRedis();
    try {
      expect((await place.run(['topics'], { REDIS_URL: server.url })).status).toBe(0);
      await place.json(['init', '--config', 'other.yaml'], { DATA_DIR: join(place.folder, 'other') });
      const env = { REDIS_URL: server.url, KEYRING: join(place.folder, 'other', 'keyring.json') };
      expect(await fails(['topics'], env)).toMatchObject({ status: 78, code: 'keyring-foreign' });
    } finally {
      await server.stop();
    }
  });
});

describe('an SMTP server', () => {
  let sink: SmtpSink;
  beforeEach(async () => {
    [redis, sink] = await Promise.all([startTestRedis(), startSmtpSink()]);
    place = await withKeyring(await createWorkplace({ REDIS_URL: redis.url, SMTP_URL: sink.url }));
    const rows = ['ann', 'bob', 'cleo'].map((name) => `${name}@readers.example,ai-daily,all`);
    await place.write('readers.csv', `email,newsletters,topics\n${rows.join('\n')}\n`);
    await place.json(['subscribers', 'import', 'readers.csv', '--consent', 'a test']);
  });
  afterEach(async () => {
    await Promise.all([redis.stop(), sink.stop()]);
    await place.remove();
  });

  const send = ['send', example, '--newsletter', 'ai-daily', '--wait'];
  const states = async () => {
    const { data } = await place.json<{ address: string; state: string; reply?: string; reason?: string }[]>([
      'deliveries',
      issue,
    ]);
    return new Map(data.map((line) => [line.address.split('@')[0], line]));
  };

  it('that is away before the send: nothing is published', async () => {
    await sink.down();
    expect(await fails(send)).toMatchObject({ status: 69, code: 'smtp-unreachable' });
    expect((await place.json<unknown[]>(['issues'])).data).toEqual([]);
  });

  it('that refuses one reader for good and puts another off', async () => {
    await sink.setRules([
      { at: 'rcpt', matching: 'ann', reply: '550 5.1.1 no such user' },
      { at: 'rcpt', matching: 'bob', reply: '451 4.7.1 greylisted' },
    ]);
    const { status } = await place.json(send);
    expect(status).toBe(3);
    const found = await states();
    expect(found.get('ann')).toMatchObject({ state: 'rejected', reply: expect.stringContaining('5.1.1') });
    expect(found.get('bob')).toMatchObject({ state: 'deferred', reply: expect.stringContaining('4.7.1') });
    expect(found.get('cleo')?.state).toBe('accepted');
    const suppressed = await place.json<{ address: string; reason: string }[]>(['suppress', 'list']);
    expect(suppressed.data).toMatchObject([{ address: 'ann@readers.example', reason: 'bounce' }]);
  });

  it('that hangs up after the dot: uncertain, counted, and not sent again unasked', async () => {
    await sink.setRules([{ at: 'dot', matching: 'bob', drop: true, record: true, times: 1 }]);
    expect((await place.json(send)).status).toBe(3);
    expect((await states()).get('bob')).toMatchObject({ state: 'uncertain', reason: 'connection-lost' });
    expect((await place.json(send)).status).toBe(3);
    const copies = (await sink.record()).filter(({ rcpt }) => rcpt.startsWith('bob'));
    expect(copies).toHaveLength(1);
    expect(await fails(['retry', issue, '--uncertain'])).toMatchObject({
      status: 1,
      code: 'retry-too-early',
    });
  });

  it('that hangs up before the dot: put off, and accepted once, soon after', async () => {
    await sink.setRules([{ at: 'data', matching: 'cleo', drop: true, times: 1 }]);
    const { status } = await place.json(send);
    const record = (await sink.record()).map(({ rcpt }) => rcpt);
    expect(new Set(record).size).toBe(3);
    expect(record).toHaveLength(3);
    expect(status).toBe(0);
  }, 120_000);
});
