/** The main job, from outside: imported subscribers, one command, a separate SMTP server whose record is the truth. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.ts';
import { storiesOf } from '../../src/digest/digest.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { randomReaders, readersCsv } from '../helpers/audience.ts';
import { createWorkplace, type Workplace } from '../helpers/program.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { type SmtpSink, startSmtpSink } from '../helpers/smtp-sink.ts';

const example = join(packageRoot(), 'examples', 'digests', 'ai-daily-2026-03-02.md');
const issue = 'ai-daily-2026-03-02';
const readers = randomReaders(2_000, 7);

interface Line {
  readonly address: string;
  readonly state: string;
  readonly reason?: string;
}

let redis: TestRedis;
let sink: SmtpSink;
let place: Workplace;

beforeAll(async () => {
  [redis, sink] = await Promise.all([startTestRedis(), startSmtpSink({ keep: 'raw' })]);
  place = await createWorkplace({ REDIS_URL: redis.url, SMTP_URL: sink.url });
  await place.json(['init', '--config', 'unused.yaml']);
  Object.assign(place.env, { KEYRING: join(place.folder, 'data', 'keyring.json') });
  await place.write('readers.csv', readersCsv(readers, 'ai-daily'));
});

afterAll(async () => {
  await Promise.all([redis?.stop(), sink?.stop()]);
  await place?.remove();
});

describe('paperboy send --wait to 2,000 subscribers', () => {
  it('imports them all', async () => {
    const { status, data } = await place.json<{ added: number }>([
      'subscribers',
      'import',
      'readers.csv',
      '--consent',
      'a test',
    ]);
    expect({ status, added: data.added }).toEqual({ status: 0, added: 2_000 });
  });

  it('delivers one copy to each and exits 0', async () => {
    const { status, data, stderr } = await place.json<{ created: boolean; recipients: number }>([
      'send',
      example,
      '--newsletter',
      'ai-daily',
      '--wait',
    ]);
    expect(status, stderr).toBe(0);
    expect(data).toMatchObject({ created: true, recipients: 2_000 });
    const record = await sink.record();
    expect(new Set(record.map(({ rcpt }) => rcpt)).size).toBe(record.length);
    expect(new Set(record.map(({ messageId }) => messageId)).size).toBe(record.length);
  });

  it("keeps a ledger that equals the server's own record", async () => {
    const { data } = await place.json<Line[]>(['deliveries', issue]);
    const record = await sink.record();
    expect(data).toHaveLength(2_000);
    const accepted = data.filter(({ state }) => state === 'accepted').map(({ address }) => address);
    expect(accepted.sort()).toEqual(record.map(({ rcpt }) => rcpt).sort());
    const others = data.filter(({ state }) => state !== 'accepted');
    expect(others.every(({ state, reason }) => state === 'skipped' && reason === 'no-stories')).toBe(true);
  });

  it("puts into each copy just the stories of its reader's topics", async () => {
    const { digest } = parseDigest(await readFile(example), { topics: builtInTopics, name: 'example' });
    const byAddress = new Map(readers.map(({ address, topics }) => [address, topics]));
    for (const { rcpt, raw } of await sink.record()) {
      const topics = byAddress.get(rcpt);
      const mail = await PostalMime.parse(raw ?? '');
      const isWanted = (ids: readonly string[]) => topics === 'all' || ids.some((id) => topics?.includes(id));
      for (const story of storiesOf(digest)) {
        const expected = isWanted(story.topics);
        expect(mail.text?.includes(story.title), `${story.title} for ${rcpt}`).toBe(expected);
        expect(mail.html?.includes(story.title), `${story.title} for ${rcpt}`).toBe(expected);
      }
      expect(mail.to?.[0]?.address).toBe(rcpt);
    }
  });

  it('balances its books', async () => {
    const { status, data } = await place.json<{ recipients: number; accounted: number; gaps: unknown[] }>([
      'verify',
      issue,
    ]);
    expect(status).toBe(0);
    expect(data).toEqual({ recipients: 2_000, accounted: 2_000, gaps: [] });
  });

  it('sends nothing new the second time', async () => {
    const before = (await sink.stats()).accepted;
    const { status, data } = await place.json<{ created: boolean }>([
      'send',
      example,
      '--newsletter',
      'ai-daily',
      '--wait',
    ]);
    expect({ status, created: data.created }).toEqual({ status: 0, created: false });
    expect((await sink.stats()).accepted).toBe(before);
  });

  it('refuses other content under the same id', async () => {
    const changed = (await readFile(example, 'utf8')).replace('：', '：改');
    await place.write('changed.md', changed);
    const { status, data } = await place.json<{ error: { code: string } }>([
      'send',
      'changed.md',
      '--newsletter',
      'ai-daily',
    ]);
    expect({ status, code: data.error?.code }).toEqual({ status: 1, code: 'issue-differs' });
  });
});
