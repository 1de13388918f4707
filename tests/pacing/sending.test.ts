/** Real workers, Redis and SMTP servers; what is asserted stands in the servers' own records, by their own clock. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStatus } from '../../src/delivery/issue-status.ts';
import { createPermits } from '../../src/pacing/permits.ts';
import { keys } from '../../src/redis/keys.ts';
import { openPacedSend, type PacedSend } from '../helpers/paced-send.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { type Received, type SinkRule, type SmtpSink, startSmtpSink } from '../helpers/smtp-sink.ts';

let redis: TestRedis;
let sinks: SmtpSink[];
let desk: PacedSend;

beforeEach(async () => {
  redis = await startTestRedis();
  sinks = [];
});
afterEach(async () => {
  await desk.close();
  await Promise.all([redis.stop(), ...sinks.map((sink) => sink.stop())]);
});

async function sinkWith(...rules: SinkRule[]): Promise<SmtpSink> {
  const sink = await startSmtpSink({ keep: 'none', rules });
  sinks.push(sink);
  return sink;
}

const tooFast = (perSecond: number): SinkRule => ({
  at: 'dot',
  abovePerSecond: perSecond,
  reply: '454 Throttling failure: Maximum sending rate exceeded.',
});

/** Copies a second between the first and the last, by the server's clock. */
function rateOf(record: readonly Received[]): number {
  const [first, last] = [record[0], record.at(-1)];
  if (!first || !last) return 0;
  return (record.length - 1) / ((last.at - first.at) / 1000);
}

const domainsOf = (record: readonly Received[]) => new Set(record.map(({ rcpt }) => rcpt.split('@')[1]));

describe('two workers', () => {
  it('share the rate of a relay, which never has to say no', async () => {
    // What a worker sent late, on a busy machine, comes in a bunch; twice the rate would be 300 copies too many.
    const sink = await sinkWith({ ...tooFast(50), burst: 150 });
    desk = await openPacedSend(redis.url, { relays: [{ url: sink.url, perMinute: 3_000 }] });
    await desk.subscribe(150, ['gmail.com', 'qq.com', 'readers.invalid', 'outlook.com']);
    await desk.send();
    await Promise.all([desk.startWorkers(), desk.startWorkers()]);
    await sink.accepted(600);
    expect(await sink.refusals()).toEqual([]);
    expect(new Set((await sink.record()).map(({ rcpt }) => rcpt)).size).toBe(600);
  });

  it('share the rate of a lane, which keeps no other lane waiting', async () => {
    const sink = await sinkWith();
    desk = await openPacedSend(redis.url, {
      relays: [{ url: sink.url }],
      lanes: [{ id: 'qq', domains: [], perMinute: 1_200 }],
    });
    await desk.subscribe(200, ['qq.com', 'gmail.com', 'readers.invalid']);
    await desk.send();
    await Promise.all([desk.startWorkers(), desk.startWorkers()]);
    await sink.accepted(600);
    const record = await sink.record();
    const limited = record.filter(({ rcpt }) => rcpt.endsWith('@qq.com'));
    expect(rateOf(limited.slice(20))).toBeLessThan(1.2 * 20);
    // The other four hundred were through when the lane was not half through.
    const before = record.indexOf(limited[100]!);
    expect(before).toBeGreaterThanOrEqual(500);
  });

  it('share the connections of a relay, and those of a worker that died are free again', async () => {
    const sink = await sinkWith({ at: 'dot', delayMs: 5 });
    desk = await openPacedSend(redis.url, { relays: [{ url: sink.url, maxConnections: 3 }] });
    await desk.subscribe(150, ['gmail.com', 'readers.invalid']);
    await desk.startWorkers();
    // Somebody who was killed holds all of them, for as long as a lease lasts.
    const [relay] = (await redis.redis.hkeys(keys.paced)).filter((field) => field.startsWith('relay '));
    const key = keys.permits('relay', relay!.split(' ')[1]!);
    const dead = createPermits({ redis: redis.redis, now: () => Date.now() - 9_000, onError: () => {} });
    for (let held = 0; held < 3; held++) await dead.take(key, 3);
    expect(await redis.redis.zcard(key)).toBe(3);
    await Promise.all([desk.startWorkers(), desk.send()]);
    await sink.accepted(300);
    expect((await sink.stats()).peak).toBeLessThanOrEqual(3);
  });
});

describe('a lane that is held', () => {
  it('adds nothing to the others: all their copies arrive meanwhile, none of its own', async () => {
    const sink = await sinkWith();
    desk = await openPacedSend(redis.url, { relays: [{ url: sink.url, connections: 2 }] });
    await desk.subscribe(300, ['gmail.com', 'qq.com', 'readers.invalid']);
    await redis.redis.hset(keys.pacedLane('google'), 'held_until', Date.now() + 3_600_000);
    await redis.redis.hset(keys.paced, 'lane google', '{}');
    const issue = await desk.send();
    await desk.startWorkers();
    await sink.accepted(600);
    expect(domainsOf(await sink.record())).toEqual(new Set(['qq.com', 'readers.invalid']));
    const { counts, lanes } = await readStatus(desk.app.ledger, issue);
    expect(counts.accepted + counts.committing).toBe(600);
    expect(counts.planned + counts.deferred + counts.claimed).toBe(300);
    expect(lanes).toMatchObject([{ lane: 'google', heldUntil: expect.any(String) }]);
  });

  it('was held because its provider refuses us; nobody is suppressed, and the others go on', async () => {
    const sink = await sinkWith({
      at: 'rcpt',
      matching: '@yahoo.com',
      reply: '554 5.7.9 Message blocked as spam',
    });
    desk = await openPacedSend(redis.url, { relays: [{ url: sink.url }] });
    await desk.subscribe(200, ['yahoo.com', 'readers.invalid']);
    const issue = await desk.send();
    await desk.startWorkers();
    await sink.accepted(200);
    const refused = (await sink.refusals()).length;
    expect(refused).toBeLessThan(60);
    const { lanes, relays } = await readStatus(desk.app.ledger, issue);
    expect(lanes).toMatchObject([{ lane: 'yahoo', reason: 'verdict' }]);
    expect(relays).toMatchObject([{ state: 'closed' }]);
    expect(await desk.app.subscribers.listSuppressions()).toEqual([]);
  });
});

describe('two relays', () => {
  it('the second takes over while the first is away, and gives back when it is well again; nobody gets two', async () => {
    const [first, second] = [await sinkWith(), await sinkWith({ at: 'dot', delayMs: 20 })];
    desk = await openPacedSend(redis.url, {
      relays: [
        { url: first.url, connections: 4 },
        { url: second.url, connections: 4 },
      ],
    });
    await desk.subscribe(1_500, ['gmail.com', 'readers.invalid']);
    await first.setRules([{ at: 'dot', delayMs: 5 }]);
    await desk.send();
    await desk.startWorkers();
    await first.accepted(200);
    await first.down();
    await second.accepted(300);
    await first.up();
    // Its breaker's time is over: else the test would wait half a minute for it.
    const [relay] = Object.entries(await redis.redis.hgetall(keys.paced)).filter(([, json]) =>
      json.includes(String(first.port)),
    );
    const taken = (await first.stats()).accepted;
    await redis.redis.hset(keys.pacedRelay(relay![0].split(' ')[1]!), 'open_until', '0');
    await first.accepted(taken + 500);
    const all = [...(await first.record()), ...(await second.record())].map(({ rcpt }) => rcpt);
    expect(new Set(all).size).toBe(all.length);
  });
});
