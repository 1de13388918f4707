/** What preflight refuses is not sent, from outside: the real program, Redis, and an SMTP server whose record is the truth. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../src/preflight/problem.ts';
import { smallDigest } from '../cli/in-process.ts';
import { createWorkplace, type Workplace } from '../helpers/program.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { type SmtpSink, startSmtpSink } from '../helpers/smtp-sink.ts';

interface Failure {
  readonly error: { readonly code: string; readonly message: string; readonly hint: string };
}

let redis: TestRedis;
let sink: SmtpSink;
let place: Workplace;

beforeAll(async () => {
  [redis, sink] = await Promise.all([startTestRedis(), startSmtpSink({ keep: 'raw' })]);
  place = await createWorkplace({ REDIS_URL: redis.url, SMTP_URL: sink.url });
  await place.json(['init', '--config', 'unused.yaml']);
  Object.assign(place.env, { KEYRING: join(place.folder, 'data', 'keyring.json') });
  await place.write('readers.csv', 'email,newsletters\nreader@readers.example,ai-daily\n');
  await place.json(['subscribers', 'import', 'readers.csv', '--consent', 'a test']);
  await place.write('monday.md', smallDigest('2026-03-02', '见 https://bit.ly/3x'));
  await place.write('tuesday.md', smallDigest('2026-03-03'));
});

afterAll(async () => {
  await Promise.all([redis?.stop(), sink?.stop()]);
  await place?.remove();
});

const send = (...args: string[]) => ['send', ...args, '--newsletter', 'ai-daily', '--wait'];

describe('a digest that preflight finds errors in', () => {
  it('is not sent: the problems are told, and how to send all the same', async () => {
    const { status, stdout, stderr } = await place.run(send('monday.md'));
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^error {4}link-shortener +line 13: "https:\/\/bit\.ly\/3x"/m);
    expect(stderr).toMatch(/^error {2}preflight found 1 error; nothing was published \(preflight-failed\)$/m);
    expect(stderr).toMatch(/^hint {3}.*--overrule/m);
    const { data } = await place.json<Failure>(send('monday.md'));
    expect(data.error).toMatchObject({
      code: 'preflight-failed',
      hint: expect.stringContaining('--overrule'),
    });
    expect((await place.json(['issues'])).data).toEqual([]);
    expect(await sink.record()).toEqual([]);
  });

  it('is sent with --overrule, and the problems are told as well', async () => {
    const { status, stderr } = await place.run(send('monday.md', '--overrule'));
    expect(status, stderr).toBe(0);
    expect(stderr).toContain('link-shortener');
    expect(await sink.record()).toHaveLength(1);
  });

  it('that is the one of the day before is refused, in `check` as in `send`', async () => {
    const { status, data } = await place.json<{ problems: Problem[] }>([
      'check',
      'tuesday.md',
      '--newsletter',
      'ai-daily',
    ]);
    expect(status).toBe(1);
    expect(data.problems[1]).toEqual({
      severity: 'error',
      rule: 'same-as-yesterday',
      message: '2 of 2 stories stood in ai-daily-2026-03-02: is this the file of that day?',
    });
    const refused = await place.run(send('tuesday.md'));
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('same-as-yesterday');
    expect(await sink.record()).toHaveLength(1);
  });
});
