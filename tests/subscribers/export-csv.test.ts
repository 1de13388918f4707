import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { neutralise, restore } from '../../subscribers/csv-format.ts';
import { exportCsv } from '../../subscribers/export-csv.ts';
import { importCsv } from '../../subscribers/import-csv.ts';
import type { Subscriber } from '../../subscribers/subscriber.ts';
import { newsletters, type OpenStore, openStore } from './open-store.ts';

let open: OpenStore;
beforeAll(async () => {
  open = await openStore();
});
beforeEach(async () => {
  await open.redis.flushall();
});
afterAll(() => open.stop());

const options = { topics: ['models', 'policy'], newsletters, defaults: {}, consent: 'Yes.' };

async function exported(): Promise<string> {
  let text = '';
  for await (const piece of exportCsv(open.store)) text += piece;
  return text;
}

async function all(): Promise<Subscriber[]> {
  const subscribers: Subscriber[] = [];
  for await (const subscriber of open.store.list()) subscribers.push(subscriber);
  return subscribers;
}

describe('an export', () => {
  it('has the columns of an import, and state and sid', async () => {
    await open.store.upsert({
      address: 'Ann@example.com',
      name: 'Lee, Ann',
      state: 'active',
      topics: ['models'],
    });
    expect(await exported()).toBe(
      'email,name,newsletters,topics,frequency,language,timezone,hour,format,state,sid\n' +
        'Ann@example.com,"Lee, Ann",daily-en|daily-zh,models,daily,en,UTC,8,html,active,1\n',
    );
  });

  it('of an empty store is the header alone', async () => {
    expect((await exported()).trim().split('\n')).toHaveLength(1);
  });

  it('gives a spreadsheet no formula to run', async () => {
    for (const [at, name] of ['=1+1', '@SUM(A1)', '+1', '-1', "'=1", '＝1+1', "O'Hara"].entries()) {
      await open.store.upsert({ address: `=a${at}@example.com`, name, state: 'active' });
    }
    const rows = (await exported()).trim().split('\n').slice(1);
    expect(rows.map((row) => row.split(',').slice(0, 2).join(' '))).toEqual([
      "'=a0@example.com '=1+1",
      "'=a1@example.com '@SUM(A1)",
      "'=a2@example.com '+1",
      "'=a3@example.com '-1",
      "'=a4@example.com ''=1",
      "'=a5@example.com '＝1+1",
      "'=a6@example.com O'Hara",
    ]);
  });

  it('read back into its own store changes nothing', async () => {
    await fill();
    const before = await all();
    expect(await importCsv(Buffer.from(await exported()), open, options)).toMatchObject({
      rows: before.length,
      unchanged: before.length,
      rejected: [],
    });
    expect(await all()).toEqual(before);
  });

  it('read into an empty store gives the same people back, and mails nobody who was not mailed', async () => {
    await fill();
    const before = (await all()).map(comparable);
    const text = await exported();
    await open.redis.flushall();
    await importCsv(Buffer.from(text), open, options);
    expect((await all()).map(comparable)).toEqual(before);
    expect(await exported()).toBe(text);
  });
});

describe('a neutral cell', () => {
  it('is restored to what it was, whatever it was', () => {
    const nasty = fc.array(fc.constantFrom("'", '=', '+', '-', '@', '\t', 'a', ' ', '"', ',', '＝'), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(
        nasty.map((parts) => parts.join('')),
        (cell) => {
          expect(neutralise(cell)).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
          expect(restore(neutralise(cell))).toBe(cell);
        },
      ),
    );
  });
});

async function fill(): Promise<void> {
  const { store } = open;
  const consent = 'Yes.';
  await store.upsertMany([
    { address: 'active@example.com', name: '=cmd|"x"', state: 'active', consent, hour: 23, format: 'text' },
    {
      address: '+plus@example.com',
      name: "''=1",
      state: 'active',
      consent,
      topics: [],
      timezone: 'Asia/Shanghai',
    },
    {
      address: 'some@example.com',
      name: '李\n梅, "Lee"',
      state: 'active',
      consent,
      memberships: ['daily-zh'],
    },
    {
      address: 'paused@example.com',
      state: 'active',
      consent,
      topics: ['policy', 'models'],
      frequency: 'weekly',
    },
    { address: 'suppressed@example.com', state: 'active', consent, language: 'zh' },
    { address: 'none@example.com', state: 'active', consent },
  ]);
  await store.pause(4);
  await store.suppress('suppressed@example.com', { reason: 'complaint' });
  for (const newsletter of newsletters) await store.leave(6, newsletter);
}

/** All but what a store gives out itself, and memberships that were left. */
function comparable({ publicId: _, createdAt: __, updatedAt: ___, memberships, ...rest }: Subscriber) {
  const subscribed = Object.keys(memberships).filter((id) => memberships[id]?.state === 'subscribed');
  return { ...rest, subscribed };
}
