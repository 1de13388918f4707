import { Readable } from 'node:stream';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ImportOptions, importCsv } from '../../subscribers/import-csv.ts';
import { createSubscriberStore } from '../../subscribers/store.ts';
import { newsletters, type OpenStore, openStore, pepper } from './open-store.ts';

let open: OpenStore;
beforeAll(async () => {
  open = await openStore();
});
beforeEach(async () => {
  await open.redis.flushall();
});
afterAll(() => open.stop());

const options: ImportOptions = {
  consent: 'Signed up at the fair.',
  topics: ['models', 'policy', 'other'],
  newsletters,
  defaults: {
    'daily-en': { language: 'en', timezone: 'Europe/Paris', hour: 6 },
    'daily-zh': { language: 'zh', timezone: 'Asia/Shanghai', hour: 7 },
  },
};

const load = (text: string | Buffer, more: Partial<ImportOptions> = {}) =>
  importCsv(Buffer.from(text), open, { ...options, ...more });

const header = 'email,name,newsletters,topics,frequency,language,timezone,hour';

describe('an import', () => {
  it('takes every column, in any order and case, with a byte order mark, CRLF and quotes', async () => {
    const report = await load(
      '\ufeffHour,Topics,"Email",name,newsletters,frequency,language,timezone\r\n' +
        '0,policy|models,ann@example.com,"Lee, ""Ann""",daily-zh,weekly,zh,Asia/Shanghai\r\n',
    );
    expect(report).toEqual({ rows: 1, added: 1, updated: 0, unchanged: 0, rejected: [] });
    expect(await open.store.get(1)).toMatchObject({
      address: 'ann@example.com',
      name: 'Lee, "Ann"',
      state: 'active',
      memberships: { 'daily-zh': { state: 'subscribed', consent: 'Signed up at the fair.' } },
      topics: ['models', 'policy'],
      frequency: 'weekly',
      language: 'zh',
      timezone: 'Asia/Shanghai',
      hour: 0,
    });
  });

  it('reads an empty cell as the default: all newsletters, all topics, daily, and what the first newsletter says', async () => {
    await load(`${header}\nann@example.com,,,,,,,\nben@example.com,,daily-zh,,,,,\n`);
    const common = { name: '', topics: 'all', frequency: 'daily', format: 'html' };
    expect(await open.store.get(1)).toMatchObject({
      ...common,
      language: 'en',
      timezone: 'Europe/Paris',
      hour: 6,
    });
    expect(Object.keys((await open.store.get(1))?.memberships ?? {})).toEqual(newsletters);
    expect(await open.store.get(2)).toMatchObject({
      ...common,
      language: 'zh',
      timezone: 'Asia/Shanghai',
      hour: 7,
    });
    expect(Object.keys((await open.store.get(2))?.memberships ?? {})).toEqual(['daily-zh']);
  });

  it('reads an empty cell of someone known as no change', async () => {
    await load('email,topics,newsletters,hour\nann@example.com,models,daily-en,5\n');
    expect(await load(`${header}\nann@example.com,,,,,,,\n`)).toMatchObject({ unchanged: 1 });
    expect(await open.store.get(1)).toMatchObject({ topics: ['models'], hour: 5 });
    expect(Object.keys((await open.store.get(1))?.memberships ?? {})).toEqual(['daily-en']);
  });

  it('understands all and none', async () => {
    await load('email,newsletters,topics\nann@example.com,all,all\nben@example.com,none,none\n');
    expect(await open.store.get(1)).toMatchObject({ topics: 'all' });
    expect(await open.bits(1)).toBe('daily-en:daily daily-zh:daily');
    expect(await open.store.get(2)).toMatchObject({ topics: [], memberships: {} });
  });

  it('makes rows active with a consent and pending without, never pending who was active', async () => {
    const file = 'email\nann@example.com\n';
    await importCsv(Buffer.from(file), open, withoutConsent());
    expect(await open.store.get(1)).toMatchObject({
      state: 'pending',
      memberships: { 'daily-en': { consent: null } },
    });
    expect(await load(file)).toMatchObject({ updated: 1 });
    expect(await importCsv(Buffer.from(file), open, withoutConsent())).toMatchObject({ unchanged: 1 });
    expect((await open.store.get(1))?.state).toBe('active');
  });

  it('takes a consent that says nothing for none', async () => {
    await importCsv(Buffer.from('email\nann@example.com\n'), open, { ...withoutConsent(), consent: ' ' });
    expect(await open.store.get(1)).toMatchObject({
      state: 'pending',
      memberships: { 'daily-en': { consent: null } },
    });
  });

  it('rejects a row with its line and reason, and takes the others', async () => {
    const long = `${'a'.repeat(289)}@example.com`;
    const report = await load(
      [
        header,
        'a@b,,,,,,,',
        `${long},,,,,,,`,
        '',
        'ok@example.com,"two',
        'lines",,,,,,',
        'ann@example.com,,daily-fr,,,,,',
        'ann@example.com,,,sports,,,,',
        'ann@example.com,,,models|sports,,,,',
        'ann@example.com,,,,hourly,,,',
        'ann@example.com,,,,,fr,,',
        'ann@example.com,,,,,,Mars/Olympus,',
        'ann@example.com,,,,,,,24',
        'ann@example.com,,,,,,,7am',
        'ann@example.com,,,,,,',
        'ann@example.com,,,,,,,,',
        ',Ann,,,,,,',
        '"ann@example.com\nBcc: b@example.com",,,,,,,',
        'ann@example.com,,,|,,,,',
      ].join('\n'),
    );
    expect(report).toMatchObject({ rows: 16, added: 1, updated: 0, unchanged: 0 });
    expect(
      report.rejected.map(({ line, address, reason }) => `${line} ${address.slice(0, 20)}: ${reason}`),
    ).toEqual([
      '2 a@b: "a@b" is no address: its domain has no dot',
      expect.stringMatching(/^3 a{20}: "a+…" is no address: more than 64 characters are before the @$/),
      '7 ann@example.com: newsletter "daily-fr" is unknown; known: daily-en, daily-zh',
      '8 ann@example.com: topic "sports" is unknown; known: models, policy, other',
      '9 ann@example.com: topic "sports" is unknown; known: models, policy, other',
      '10 ann@example.com: frequency "hourly" is unknown; known: daily, weekly',
      '11 ann@example.com: language "fr" is unknown; known: zh, en',
      '12 ann@example.com: time zone "Mars/Olympus" is unknown',
      '13 ann@example.com: hour "24" is not 0 to 23',
      '14 ann@example.com: hour "7am" is not 0 to 23',
      '15 ann@example.com: the row has 7 cells, the header 8',
      '16 ann@example.com: the row has 9 cells, the header 8',
      '17 : "" is no address: it is empty',
      expect.stringContaining('it holds a control'),
      '20 ann@example.com: "|" names no topic',
    ]);
    expect((await open.store.get(1))?.name).toBe('two lines');
  });

  it('sees one person in addresses that differ in case, and in lines of one file', async () => {
    const report = await load('email,hour\nAnn@example.com,5\nann@EXAMPLE.com,5\nANN@example.com,6\n');
    expect(report).toMatchObject({ rows: 3, added: 1, unchanged: 1, updated: 1, rejected: [] });
    expect(await open.store.count()).toBe(1);
    expect(await open.store.get(1)).toMatchObject({ address: 'Ann@example.com', hour: 6 });
  });

  it('keeps what looks like a formula as text', async () => {
    await load(
      'email,name\na@example.com,=1+1\nb@example.com,"@SUM(A1)"\n+c@example.com,-1\nd@example.com,+1\n',
    );
    const names: string[] = [];
    for await (const { name, address } of open.store.list()) names.push(`${address} ${name}`);
    expect(names).toEqual([
      'a@example.com =1+1',
      'b@example.com @SUM(A1)',
      '+c@example.com -1',
      'd@example.com +1',
    ]);
  });

  it('takes a quote amid a name as text, and skips lines of nothing but commas', async () => {
    const report = await load('email,name\na@example.com,Ann "Annie" Lee\n,\n\n , \n');
    expect(report).toMatchObject({ rows: 1, added: 1 });
    expect((await open.store.get(1))?.name).toBe('Ann "Annie" Lee');
  });

  it('brings back nobody who left, was suppressed or asked to be forgotten', async () => {
    const file = 'email\nleft@example.com\nbounced@example.com\nforgotten@example.com\n';
    await load(file);
    await open.store.leave(1, 'daily-en');
    await open.store.suppress('bounced@example.com', { reason: 'bounce' });
    await open.store.forget('forgotten@example.com');
    const report = await load(file);
    expect(report).toMatchObject({ rows: 3, added: 0, updated: 0, unchanged: 2 });
    expect(report.rejected).toEqual([
      { line: 4, address: 'forgotten@example.com', reason: expect.stringContaining('forgotten') },
    ]);
    expect([await open.bits(1), await open.bits(2), await open.bits(3)]).toEqual([
      'left:daily-en daily-zh:daily',
      'blocked',
      'blocked',
    ]);
  });

  it.each([
    ['', 'empty'],
    ['\n\n', 'empty'],
    ['email;name\na@example.com;Ann\n', 'column "email;name" is unknown'],
    ['email,nickname\na@example.com,Ann\n', 'column "nickname" is unknown'],
    ['email,Email\na@example.com,b@example.com\n', 'column "email" comes twice'],
    ['name\nAnn\n', 'column "email" is missing'],
    ['email,name\na@example.com,"Ann\n', 'Quote Not Closed'],
    [`email,name\na@example.com,"${'Ann\n'.repeat(30_000)}`, 'Max Record Size'],
  ])('ends with csv-invalid at %j', async (file, message) => {
    await expect(load(file)).rejects.toMatchObject({
      code: 'csv-invalid',
      message: expect.stringContaining(message),
    });
  });

  it('refuses a file that is not UTF-8 rather than storing other names', async () => {
    const gbk = Buffer.concat([Buffer.from('email,name\na@example.com,'), Buffer.from([0xc0, 0xee, 0x0a])]);
    await expect(load(gbk)).rejects.toMatchObject({ code: 'csv-invalid', message: 'the file is not UTF-8' });
    await expect(load(Buffer.from('\ufeffemail\n', 'utf16le'))).rejects.toMatchObject({
      code: 'csv-invalid',
    });
  });

  it('reads a stream in pieces of any size, a character cut in two among them', async () => {
    const bytes = Buffer.from('email,name\na@example.com,李梅\nb@example.com,"王\n芳"\n');
    const pieces = Readable.from([...bytes].map((byte) => Buffer.from([byte])));
    expect(await importCsv(pieces, open, options)).toMatchObject({ rows: 2, added: 2 });
    expect((await open.store.get(2))?.name).toBe('王 芳');
  });

  it('passes on what breaks the source', async () => {
    const source = Readable.from(
      (async function* () {
        yield Buffer.from('email\na@example.com\n');
        throw new Error('the disk went away');
      })(),
    );
    await expect(importCsv(source, open, options)).rejects.toThrow('the disk went away');
  });

  it('tells how far it is after each batch', async () => {
    const rows = Array.from({ length: 2500 }, (_, at) => `reader${at}@example.com`).join('\n');
    const seen: number[] = [];
    await load(`email\n${rows}\n`, { onProgress: (report) => seen.push(report.rows) });
    expect(seen).toEqual([1000, 2000, 2500]);
  });
});

it('run twice at once gives nobody two sids and no sid two people', async () => {
  const rows = Array.from({ length: 3000 }, (_, at) => `reader${at % 2500}@example.com,${at % 24}`);
  const other = new Redis({ path: open.socket });
  const twin = createSubscriberStore({ redis: other, newsletters, pepper, clock: () => open.clock.now });
  const file = (lines: string[]) => Buffer.from(`email,hour\n${lines.join('\n')}\n`);
  const reports = await Promise.all([
    importCsv(file(rows), open, options),
    importCsv(file(rows.toReversed()), { store: twin }, options),
    importCsv(file(rows), { store: twin }, options),
  ]);
  other.disconnect();
  expect(reports.reduce((sum, { added }) => sum + added, 0)).toBe(2500);
  expect(await open.store.count()).toBe(2500);
  const [sids, addresses] = [new Set<number>(), new Set<string>()];
  for await (const { sid, address } of open.store.list()) {
    sids.add(sid);
    addresses.add(address.toLowerCase());
    expect((await open.store.findByAddress(address))?.sid).toBe(sid);
  }
  expect([sids.size, addresses.size, Math.max(...sids)]).toEqual([2500, 2500, 2500]);
});

function withoutConsent(): ImportOptions {
  const { consent: _, ...rest } = options;
  return rest;
}
