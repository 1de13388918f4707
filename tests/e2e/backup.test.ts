/** A store is backed up while it is used, and restored: nobody gets a second copy, and who left since has left. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.ts';
import { keys } from '../../src/redis/keys.ts';
import { createWorkplace, type Workplace } from '../helpers/program.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { type SmtpSink, startSmtpSink } from '../helpers/smtp-sink.ts';

const example = join(packageRoot(), 'examples', 'digests', 'ai-daily-2026-03-02.md');
const issue = 'ai-daily-2026-03-02';
const count = 120;
const addressOf = (number: number) => `reader-${number}@readers.example`;

let redis: TestRedis;
let sink: SmtpSink;
let place: Workplace;
let backups = 0;

beforeAll(async () => {
  [redis, sink] = await Promise.all([startTestRedis(['--repl-diskless-sync-delay', '0']), startSmtpSink()]);
});
afterAll(async () => {
  await Promise.all([redis?.stop(), sink?.stop(), place?.remove()]);
});
beforeEach(async () => {
  await place?.remove();
  await redis.redis.flushall();
  await sink.clear();
  place = await newPlace();
  const rows = Array.from({ length: count }, (_, index) => `${addressOf(index + 1)},ai-daily`);
  await place.write('readers.csv', ['email,newsletters', ...rows].join('\n'));
  await expectOk('subscribers', 'import', 'readers.csv', '--consent', 'a test');
});

/** With a data folder and a keyring of its own. */
async function newPlace(): Promise<Workplace> {
  const made = await createWorkplace({ REDIS_URL: redis.url, SMTP_URL: sink.url });
  await made.json(['init', '--config', 'unused.yaml']);
  Object.assign(made.env, { KEYRING: join(made.folder, 'data', 'keyring.json') });
  return made;
}

async function expectOk<Document>(...args: readonly string[]): Promise<Document> {
  const { status, data, stderr } = await place.json<Document>(args);
  expect(status, stderr + JSON.stringify(data)).toBe(0);
  return data;
}

/** @returns the file */
async function backUp(): Promise<string> {
  const file = join(place.folder, `${++backups}.rdb`);
  expect(await expectOk('backup', file)).toMatchObject({ file, subscribers: count });
  return file;
}

const restore = (file: string) => expectOk<Record<string, unknown>>('restore', file, '--yes');
const lift = () => expectOk('halt', '--lift');
const send = () => expectOk('send', example, '--newsletter', 'ai-daily', '--wait');

async function copies(): Promise<string[]> {
  return (await sink.record()).map(({ rcpt }) => rcpt).sort();
}

/** state → number of deliveries */
async function states(): Promise<Record<string, number>> {
  const lines = await expectOk<{ state: string }[]>('deliveries', issue);
  const found: Record<string, number> = {};
  for (const { state } of lines) found[state] = (found[state] ?? 0) + 1;
  return found;
}

const everybody = Array.from({ length: count }, (_, index) => addressOf(index + 1)).sort();

describe('a store that is restored', () => {
  it('knows who left, was suppressed or forgotten since, though the backup does not', async () => {
    const file = await backUp();
    await expectOk('suppress', 'add', addressOf(1));
    await expectOk('subscribers', 'forget', addressOf(2), '--yes');
    expect(await restore(file)).toMatchObject({ subscribers: count, issues: 0, departed: 2, unfinished: [] });
    await lift();
    await send();
    expect(await copies()).toEqual(
      everybody.filter((each) => each !== addressOf(1) && each !== addressOf(2)),
    );
  });

  it('sends nobody a second copy of an issue that was published after the backup', async () => {
    const file = await backUp();
    await send();
    expect(await copies()).toEqual(everybody);
    await restore(file);
    await lift();
    const again = await place.json(['send', example, '--newsletter', 'ai-daily', '--wait']);
    expect(await copies(), again.stderr).toEqual(everybody);
    expect(await states()).toEqual({ accepted: count });
  });

  it('sends nobody a second copy of an issue that was on its way, and nothing at all before a person has looked', async () => {
    await expectOk('send', example, '--newsletter', 'ai-daily');
    const file = await backUp();
    await send();
    expect(await restore(file)).toMatchObject({ unfinished: [issue] });
    await sink.clear();
    expect(await redis.redis.exists(keys.halted)).toBe(1);
    await place.json(['send', example, '--newsletter', 'ai-daily', '--wait=2s']);
    expect(await copies()).toEqual([]);
    await lift();
    await send();
    expect(await copies()).toEqual([]);
    expect(await states()).toEqual({ accepted: count });
  });

  it('gives numbers to new readers that nobody had since the backup', async () => {
    const file = await backUp();
    await expectOk('subscribers', 'add', 'late@readers.example', '--consent', 'a test');
    const late = await expectOk<{ sid: number }>('subscribers', 'show', 'late@readers.example');
    await redis.redis.flushall();
    await restore(file);
    await expectOk('subscribers', 'add', 'later@readers.example', '--consent', 'a test');
    const later = await expectOk<{ sid: number }>('subscribers', 'show', 'later@readers.example');
    expect(later.sid).toBeGreaterThan(late.sid);
  });

  it('is the same, key by key, but for what is passing', async () => {
    await send();
    const file = await backUp();
    const before = await contents();
    await redis.redis.flushall();
    await restore(file);
    expect(await contents()).toEqual(before);
  });
});

/** Key → whether it ends, and a hash of its value; without what is made anew or belongs to one server. */
async function contents(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const passing = [
    keys.store,
    keys.lastSid,
    keys.confirmedRun,
    keys.sweeperLease,
    keys.incarnations,
    keys.halted,
  ];
  for (const key of await redis.redis.keys('*')) {
    if (key.includes(':queue') || passing.some((each) => each === key)) continue;
    const life = await redis.redis.pttl(key);
    const digest = createHash('sha256')
      .update(await contentOf(key))
      .digest('hex');
    found[key] = `${life > 0 ? 'ends' : 'stays'} ${digest}`;
  }
  return found;
}

/** Hashes have no order. */
async function contentOf(key: string): Promise<string> {
  const type = await redis.redis.type(key);
  if (type === 'hash') {
    const fields = await redis.redis.hgetallBuffer(key);
    return JSON.stringify(Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1)));
  }
  if (type === 'zset') return JSON.stringify(await redis.redis.zrange(key, '0', '-1', 'WITHSCORES'));
  return (await redis.redis.getBuffer(key))?.toString('base64') ?? '';
}

describe('backup', () => {
  it('makes a file that only its owner may read, and never replaces one', async () => {
    const file = await backUp();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const again = await place.json(['backup', file]);
    expect(again).toMatchObject({ status: 1, data: { error: { code: 'file-unwritable' } } });
  });

  it('says which folder cannot be written to', async () => {
    const { status, data } = await place.json(['backup', join(place.folder, 'nowhere', 'a.rdb')]);
    expect({ status, data }).toMatchObject({
      status: 1,
      data: { error: { code: 'file-unwritable', message: expect.stringContaining('nowhere/a.rdb') } },
    });
  });
});

describe('restore refuses, and leaves the store as it is,', () => {
  const refused = async (
    args: readonly string[],
    status: number,
    code: string,
    env?: Readonly<Record<string, string>>,
  ) => {
    const before = await contents();
    expect(await place.json(['restore', ...args], env)).toMatchObject({ status, data: { error: { code } } });
    expect(await contents()).toEqual(before);
  };

  it('without --yes where nobody can be asked', async () => {
    await refused([await backUp()], 2, 'usage');
  });

  it('a file that is missing, is no backup, was cut short, or is of another Redis', async () => {
    await refused(['nothing.rdb', '--yes'], 65, 'file-missing');
    const text = await place.write('text.rdb', 'REDIS, so to speak');
    await refused([text, '--yes'], 65, 'backup-invalid');
    const file = await backUp();
    const cut = await place.write('cut.rdb', (await readFile(file)).subarray(0, 2_000));
    await refused([cut, '--yes'], 65, 'backup-invalid');
    const other = await startTestRedis();
    try {
      await other.redis.set('somebody', 'else');
      await other.redis.save();
      await refused([join(other.folder, 'dump.rdb'), '--yes'], 65, 'backup-invalid');
    } finally {
      await other.stop();
    }
  });

  it('the backup of another keyring', async () => {
    const file = await backUp();
    const other = await newPlace();
    try {
      await refused([file, '--yes'], 78, 'keyring-foreign', { KEYRING: other.env.KEYRING ?? '' });
    } finally {
      await other.remove();
    }
  });

  it('into a store of another keyring', async () => {
    const file = await backUp();
    await redis.redis.hset(keys.store, 'keyring', 'of somebody else');
    await refused([file, '--yes'], 78, 'keyring-foreign');
  });

  it('into a Redis that does not let it write keys, before anything is gone', async () => {
    const file = await backUp();
    await redis.redis.call('ACL', 'SETUSER', 'reader', 'on', '>pw', '~*', '&*', '+@all', '-restore');
    const { status, data } = await place.json(['restore', file, '--yes'], {
      REDIS_URL: redis.url.replace('unix://', 'unix://reader:pw@'),
    });
    expect({ status, data }).toMatchObject({
      status: 1,
      data: { error: { message: expect.stringContaining('NOPERM') } },
    });
    expect(await expectOk<unknown[]>('subscribers', 'list')).toHaveLength(count);
  });

  it('while something of Paperboy runs', async () => {
    const file = await backUp();
    const worker = place.start(['work', '--processes', '0']);
    await worker.shows('working');
    await refused([file, '--yes'], 1, 'store-in-use');
    worker.child.kill('SIGTERM');
    expect((await worker.ended).status).toBe(0);
  });
});

describe('a restore that was broken off', () => {
  it('keeps everybody from the store, and can be done again', async () => {
    const file = await backUp();
    await redis.redis.hset(keys.store, 'restoring', '2026-03-02T00:00:00.000Z');
    await redis.redis.del(keys.subscribers);
    const list = await place.json(['subscribers', 'list']);
    expect(list).toMatchObject({ status: 69, data: { error: { code: 'store-restoring' } } });
    await restore(file);
    expect(await expectOk<unknown[]>('subscribers', 'list')).toHaveLength(count);
  });
});
