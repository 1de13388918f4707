/** A page on its way, with a relay that does what it is told and a real ledger. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliverPage } from '../../src/delivery/deliver-page.ts';
import { planIssue } from '../../src/delivery/plan-issue.ts';
import { loadSigners } from '../../src/delivery/signers.ts';
import { takeDue } from '../../src/ledger/incarnations.ts';
import { demandIssue, setControl, setHalted } from '../../src/ledger/issues.ts';
import { readPage, readRows, readTally } from '../../src/ledger/reader.ts';
import { verifyIssue } from '../../src/ledger/verify.ts';
import { generateDkimKey } from '../../src/message/dkim-key.ts';
import type { Message } from '../../src/message/message.ts';
import { readPacing } from '../../src/pacing/read-pacing.ts';
import { keys } from '../../src/redis/keys.ts';
import { classify } from '../../src/transport/replies.ts';
import { createStubTransport, type StubScript } from '../../src/transport/stub.ts';
import { isConnection, type SendOutcome, type Transport } from '../../src/transport/transport.ts';
import { type Desk, openDesk } from '../helpers/desk.ts';
import { digestOf, storyOf } from '../helpers/digests.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';

const issue = 'ai-daily-2026-03-02';
const minuteMs = 60_000;
const never = new AbortController().signal;
const digest = digestOf(
  [
    { name: '模型', stories: [storyOf('模型新闻', { topics: ['models'], line: 3 })] },
    { name: '政策', stories: [storyOf('政策新闻', { topics: ['policy'], line: 9 })] },
  ],
  { date: '2026-03-02' },
);

let server: TestRedis;
let desk: Desk;

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(async () => {
  await server.stop();
});
beforeEach(async () => {
  desk = await openDesk(server);
});

const plan = () => planIssue(desk, issue, never);
const counts = async () => (await readTally(desk.ledger, issue)).counts;
const broken: SendOutcome = { type: 'broken', stage: 'rcpt', error: new Error('reset') };
const to = (message: Message, name: string) => message.envelope.to.startsWith(`${name}@`);

/** A stub relay; before the n-th copy (from 1) is sent, something else happens. */
function interrupted(n: number, happens: () => Promise<unknown>) {
  const stub = createStubTransport();
  const relay = { ...stub, sends: 0 };
  relay.connect = async () => {
    const opened = await stub.connect();
    if (!isConnection(opened)) return opened;
    const send = opened.send;
    opened.send = async (message, gate) => {
      relay.sends++;
      if (relay.sends === n) await happens();
      return await send(message, gate);
    };
    return opened;
  };
  return relay;
}

/** Delivers all that is due, as the sweeper would wake it, until nothing is due at this moment. */
async function deliverAll(script: StubScript = []) {
  return await deliverThrough(createStubTransport({ script }));
}

async function deliverThrough<Relay extends Transport>(transport: Relay): Promise<Relay> {
  await deliverThroughAll(transport);
  return transport;
}

async function deliverThroughAll(...transports: readonly Transport[]): Promise<void> {
  const worker = await desk.worker(...transports);
  for (let turn = 0; turn < 20; turn++) {
    const { members } = await takeDue(desk.ledger, 100);
    if (members.length === 0) break;
    for (const member of members) {
      if (member.kind === 'page') await deliverPage(worker, issue, member.page, never);
      else await plan();
    }
  }
}

describe('a page', () => {
  it('goes to everyone who has stories, once, and the books balance', async () => {
    await desk.subscribe(30, 'all', ['models'], ['space']);
    await desk.publish(digest);
    const { accepted } = await deliverAll();
    expect(accepted).toHaveLength(20);
    expect(new Set(accepted.map(({ envelope }) => envelope.to)).size).toBe(20);
    expect(await readTally(desk.ledger, issue)).toMatchObject({
      recipients: 30,
      counts: { accepted: 20, skipped: 10, planned: 0 },
      skippedReasons: { 'no-stories': 10 },
    });
    expect((await verifyIssue(desk.ledger, issue)).gaps).toEqual([]);
  });

  it('is not starved by a reader whose copy breaks the connection every time', async () => {
    await desk.subscribe(10, 'all');
    await desk.publish(digest);
    for (let round = 0; round < 12; round++) {
      await deliverAll((message) => (to(message, 'reader-1') ? broken : undefined));
      desk.now += 5 * minuteMs;
    }
    expect(await counts()).toMatchObject({ accepted: 9, deferred: 1 });
  });

  it('leaves a relay alone that breaks, and defers what is left of the claim', async () => {
    await desk.subscribe(10, 'all');
    await desk.publish(digest);
    let sends = 0;
    await deliverAll(() => {
      sends++;
      return broken;
    });
    expect(sends).toBe(1);
    expect(await counts()).toMatchObject({ deferred: 10, accepted: 0 });
    const rows = await readPage(desk.ledger, issue, 1);
    expect(rows.every(({ attempts }) => attempts === 0)).toBe(true);
  });

  it('goes on at another pace after "too fast": the copy comes back soon, those behind it were never tried', async () => {
    await desk.subscribe(10, 'all');
    await desk.publish(digest);
    const tooFast: SendOutcome = {
      type: 'refused',
      refusal: classify('dot', '454 Throttling failure: Maximum sending rate exceeded.'),
    };
    await plan();
    // The clock stands still, and with it the next slot.
    const enough = new AbortController();
    const relay = createStubTransport({
      script: (message) => {
        if (!to(message, 'reader-3')) return undefined;
        enough.abort();
        return tooFast;
      },
    });
    await deliverPage(await desk.worker(relay), issue, 1, enough.signal);
    expect(relay.accepted).toHaveLength(2);
    const { relays } = await readPacing(server.redis, desk.now);
    expect(relays).toMatchObject([{ state: 'closed', perMinute: expect.any(Number) }]);
    const rows = await readPage(desk.ledger, issue, 1);
    expect(rows.map(({ state, attempts }) => `${state} ${attempts}`)).toEqual([
      ...Array(2).fill('accepted 1'),
      'deferred 1',
      ...Array(7).fill('planned 0'),
    ]);
  });

  it('whose lane is held is deferred as a whole, untried, and by no word to its relay', async () => {
    await desk.subscribe(10, 'all');
    await desk.publish(digest);
    await server.redis.hset(keys.pacedLane('other'), 'held_until', desk.now + 20 * minuteMs);
    expect((await deliverAll()).accepted).toHaveLength(0);
    const rows = await readPage(desk.ledger, issue, 1);
    expect(rows.every(({ state, reason }) => state === 'deferred' && reason === 'lane-held')).toBe(true);
    expect(rows.every(({ attempts }) => attempts === 0)).toBe(true);
    desk.now += 20 * minuteMs + 1_000;
    expect((await deliverAll()).accepted).toHaveLength(10);
  });

  it('goes through the next relay once the first has failed, and is sent to nobody twice', async () => {
    await desk.subscribe(10, 'all');
    await desk.publish(digest);
    const [first, second] = [createStubTransport({ script: () => broken }), createStubTransport()];
    await deliverThroughAll(first, second);
    for (let round = 0; round < 4; round++) {
      desk.now += 10_000;
      await deliverThroughAll(first, second);
    }
    expect(second.accepted).toHaveLength(10);
    expect(new Set(second.accepted.map(({ envelope }) => envelope.to)).size).toBe(10);
    expect(await counts()).toMatchObject({ accepted: 10 });
  });

  it('is not waited for without end: while a relay is on trial elsewhere, what must not go any more expires', async () => {
    await desk.subscribe(10, 'all');
    await desk.publish(digest);
    const worker = await desk.worker(createStubTransport());
    await plan();
    const [relay = ''] = (await desk.ledger.redis.hkeys(keys.paced)).map((field) => field.split(' ')[1]);
    const { endsAt } = await demandIssue(desk.ledger, issue);
    // Whoever tries it does so until long after the issue has ended.
    await desk.ledger.redis.hset(keys.pacedRelay(relay), { opens: 1, trial_until: endsAt + 60 * minuteMs });
    desk.now = endsAt + 1;
    await deliverPage(worker, issue, 1, never);
    expect(await counts()).toMatchObject({ planned: 0, expired: 10 });
  }, 10_000);

  it('stops at a pause without opening another connection', async () => {
    await desk.subscribe(20, 'all');
    await desk.publish(digest);
    const relay = interrupted(5, () => setControl(desk.ledger, issue, 'paused'));
    const { accepted, sends } = await deliverThrough(relay);
    expect(accepted).toHaveLength(4);
    expect(sends).toBe(5);
    expect(await counts()).toMatchObject({ accepted: 4, planned: 16, claimed: 0 });
    await setControl(desk.ledger, issue, 'running');
    expect((await deliverAll()).accepted).toHaveLength(16);
  });

  it('goes on after a halt is lifted', async () => {
    await desk.subscribe(5, 'all');
    await desk.publish(digest);
    await plan();
    await setHalted(desk.ledger, true);
    expect((await deliverAll()).accepted).toHaveLength(0);
    await setHalted(desk.ledger, false);
    expect((await deliverAll()).accepted).toHaveLength(5);
  });

  it('claims nothing while Redis is full, ends what it holds, and goes on when there is room', async () => {
    await desk.subscribe(60, 'all');
    await desk.publish(digest);
    await plan();
    const relay = interrupted(3, () => server.redis.config('SET', 'maxmemory', '1'));
    // Pages of 25: the first is in hand when Redis runs full, and the second cannot be claimed.
    await deliverThrough(relay).catch(() => {});
    expect(relay.accepted).toHaveLength(25);
    expect(await counts()).toMatchObject({
      accepted: 25,
      planned: 35,
      committing: 0,
      claimed: 0,
      uncertain: 0,
    });
    await server.redis.config('SET', 'maxmemory', '0');
    desk.now += minuteMs;
    await deliverAll();
    expect(await counts()).toMatchObject({ accepted: 60 });
  });

  it('rejects for good and suppresses only who is positively said not to exist', async () => {
    await desk.subscribe(3, 'all');
    await desk.publish(digest);
    await deliverAll((message) => {
      if (to(message, 'reader-1'))
        return { type: 'refused', refusal: classify('rcpt', '550 5.1.1 no such user') };
      if (to(message, 'reader-2')) return { type: 'refused', refusal: classify('rcpt', '554 5.7.1 spam') };
      return undefined;
    });
    expect(await desk.subscribers.listSuppressions()).toMatchObject([
      { address: 'reader-1@readers.example' },
    ]);
    const reply = [];
    for await (const row of readRows(desk.ledger, await demandIssue(desk.ledger, issue)))
      reply.push(row.replyText);
    expect(reply).toEqual(['550 5.1.1 no such user', '554 5.7.1 spam', '']);
  });

  it('expires a copy that would be retried when it is no news any more', async () => {
    await desk.subscribe(1, 'all');
    await desk.publish(digest);
    const refusal = classify('rcpt', '451 4.3.0 later');
    for (let hour = 0; hour <= 18; hour++) {
      await deliverAll(() => ({ type: 'refused', refusal }));
      desk.now += 60 * minuteMs;
    }
    expect(await counts()).toMatchObject({ expired: 1, deferred: 0 });
  });
});

describe('a copy of a newsletter with a DKIM key', () => {
  it('is signed so that others verify it, both fields of one-click unsubscription included', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'paperboy-dkim-'));
    const { privateKeyPem, publicRecord } = await generateDkimKey();
    await writeFile(join(folder, 'p1.pem'), privateKeyPem);
    const dkim = [{ domain: 'news.invalid', selector: 'p1', privateKeyFile: join(folder, 'p1.pem') }];
    await desk.subscribe(3, 'all');
    await desk.publish(digest);
    await plan();
    const relay = createStubTransport();
    const worker = {
      ...(await desk.worker(relay)),
      signers: await loadSigners({ ...desk.config, sending: { relays: [], lanes: [], dkim } }),
    };
    await deliverPage(worker, issue, 1, never);
    expect(relay.accepted).toHaveLength(3);
    for (const { raw } of relay.accepted) {
      const { results } = await dkimVerify(raw, { resolver: async () => [[publicRecord]] });
      expect(results).toHaveLength(1);
      expect(results[0]?.status.result).toBe('pass');
      const [signed = ''] = / h=([^;]*);/.exec(raw.toString('latin1').replaceAll(/\r\n[ \t]+/g, ' ')) ?? [];
      expect(signed.toLowerCase()).toMatch(/list-unsubscribe: ?list-unsubscribe-post/);
    }
    await rm(folder, { recursive: true });
  });
});

describe('a revision', () => {
  const revised = {
    ...digest,
    categories: [
      ...digest.categories,
      { name: '航天', stories: [storyOf('航天新闻', { topics: ['space'], line: 12 })] },
    ],
  };

  it('is carried by every copy whose gate has not passed, and by none other', async () => {
    await desk.subscribe(30, 'all', ['space']);
    await desk.publish(digest);
    const first = await deliverThrough(interrupted(5, () => desk.publish(revised, 'revise')));
    const late = await deliverAll();
    const all = [...first.accepted, ...late.accepted].map(({ envelope }) => envelope.to);
    expect(new Set(all).size).toBe(30);
    expect(all).toHaveLength(30);
    for await (const row of readRows(desk.ledger, await demandIssue(desk.ledger, issue))) {
      const copy = [...first.accepted, ...late.accepted].find(
        ({ envelope }) => envelope.to === `reader-${row.sid}@readers.example`,
      );
      const hasNew = Buffer.from(partOf(copy), 'base64').toString().includes('航天新闻');
      expect(hasNew, `reader ${row.sid}, revision ${row.revision}`).toBe(row.revision === 2);
    }
    expect((await verifyIssue(desk.ledger, issue)).gaps).toEqual([]);
  });

  it('that came while the audience was being planned leaves nobody skipped by the old one', async () => {
    await desk.subscribe(4, ['space']);
    await desk.publish(digest);
    const getMany = desk.subscribers.getMany;
    const planned = planIssue(
      {
        ...desk,
        subscribers: {
          getMany: async (sids) => {
            const found = await getMany(sids);
            await desk.publish(revised, 'revise');
            return found;
          },
        },
      },
      issue,
      never,
    );
    await planned;
    expect((await deliverAll()).accepted).toHaveLength(4);
  });
});

describe('a correction', () => {
  it('goes to those who have the first, with its mark', async () => {
    await desk.subscribe(6, 'all');
    await desk.publish(digest);
    await deliverAll((message) =>
      to(message, 'reader-6') ? { type: 'refused', refusal: classify('rcpt', '550 5.1.1 no') } : undefined,
    );
    const corrected = { ...digest, title: '更正后的' };
    expect(await desk.publish(corrected, 'correct')).toMatchObject({
      issue: `${issue}.c1`,
      recipients: 5,
      created: true,
    });
    expect(await desk.publish(corrected, 'correct')).toMatchObject({ issue: `${issue}.c1`, created: false });
  });
});

/** The text part of a copy, still base64: what stands between the first two boundaries, after its header. */
function partOf(message: Message | undefined): string {
  const [, text = ''] = message?.raw.toString('latin1').split(/--=_[0-9a-f]+\r\n/) ?? [];
  return text.slice(text.indexOf('\r\n\r\n'));
}
