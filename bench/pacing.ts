/**
 * `npm run bench:pacing [-- --json] [--rate R] [--seconds S] [--messages N]`: two workers against a relay that queues,
 * takes R messages a second and answers 454 beyond, without having been told R; how much of R they use, and how often it
 * has to say no, by its own record. Then the rate of other lanes with one lane held and without. Redis on
 * `appendfsync always`, the relay in a process of its own. What it leaves out: TLS and network latency.
 */
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readStatus } from '../src/delivery/issue-status.ts';
import { keys } from '../src/redis/keys.ts';
import { openPacedSend } from '../tests/helpers/paced-send.ts';
import { startTestRedis } from '../tests/helpers/redis.ts';
import { type SinkRule, startSmtpSink } from '../tests/helpers/smtp-sink.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rate: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '150' },
    messages: { type: 'string', default: '8000' },
    code: { type: 'string', default: '454' },
  },
});
const say = (line: string) => process.stderr.write(`${line}\n`);
const learningMs = 60_000;

const queueing = await measureQueueing(Number(options.rate), Number(options.seconds));
const lanes = await measureLanes(Number(options.messages));
const report = { ...queueing, lanes };
process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${JSON.stringify(report, null, 2)}\n`);

interface Queueing {
  readonly rate: number;
  /** Share of the rate that was used after the first minute. */
  readonly used: number;
  /** The same from the first copy on. */
  readonly usedFromTheStart: number;
  readonly rateReplies: number;
  readonly rateRepliesAfterFirstMinute: number;
  readonly lastRateReplyAtSecond: number | null;
}

async function measureQueueing(rate: number, seconds: number): Promise<Queueing> {
  const reply =
    options.code === '421'
      ? '421 4.7.0 Too many messages, slow down'
      : '454 Throttling failure: Maximum sending rate exceeded.';
  const rules: SinkRule[] = [{ at: 'dot', abovePerSecond: rate, reply }];
  const [redis, sink] = await Promise.all([startTestRedis(), startSmtpSink({ keep: 'none', rules })]);
  const desk = await openPacedSend(redis.url, { relays: [{ url: sink.url }] });
  try {
    await desk.subscribe(Math.ceil((rate * seconds * 1.3) / 3), ['gmail.com', 'qq.com', 'readers.invalid']);
    await desk.send();
    say(`a relay that takes ${rate}/s, for ${seconds} s`);
    await desk.startWorkers();
    await desk.startWorkers();
    await sink.accepted(1);
    await setTimeout(seconds * 1000);
    const [record, refusals] = await Promise.all([sink.record(), sink.refusals()]);
    const beganAt = record[0]?.at ?? 0;
    const endedAt = beganAt + seconds * 1000 - 500;
    const share = (fromAt: number): number =>
      record.filter(({ at }) => at >= fromAt && at < endedAt).length / ((rate * (endedAt - fromAt)) / 1000);
    const last = refusals.at(-1);
    return {
      rate,
      used: Number(share(beganAt + learningMs).toFixed(4)),
      usedFromTheStart: Number(share(beganAt).toFixed(4)),
      rateReplies: refusals.length,
      rateRepliesAfterFirstMinute: refusals.filter(({ at }) => at >= beganAt + learningMs).length,
      lastRateReplyAtSecond: last ? Number(((last.at - beganAt) / 1000).toFixed(1)) : null,
    };
  } finally {
    await desk.close();
    await Promise.all([redis.stop(), sink.stop()]);
  }
}

interface Lanes {
  /** Messages a second of the lanes that are not held. */
  readonly othersAlone: number;
  readonly othersBesideHeldLane: number;
}

async function measureLanes(messages: number): Promise<Lanes> {
  const rates = { alone: [] as number[], beside: [] as number[] };
  for (let round = 0; round < 5; round++) {
    rates.alone.push(await rateOfOthers(messages, false));
    rates.beside.push(await rateOfOthers(messages, true));
    say(`others: ${rates.alone.at(-1)}/s alone, ${rates.beside.at(-1)}/s beside a held lane`);
  }
  return { othersAlone: middle(rates.alone), othersBesideHeldLane: middle(rates.beside) };
}

function middle(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;
}

/** @param isHeld whether there are as many readers again in a lane that is held */
async function rateOfOthers(messages: number, isHeld: boolean): Promise<number> {
  const [redis, sink] = await Promise.all([startTestRedis(), startSmtpSink({ keep: 'none' })]);
  const desk = await openPacedSend(redis.url, { relays: [{ url: sink.url }] });
  try {
    const held = isHeld ? ['foxmail.com', 'qq.com'] : [];
    await desk.subscribe(messages / 2, [...held, 'gmail.com', 'readers.invalid']);
    if (isHeld) {
      await redis.redis.hset(keys.pacedLane('qq'), 'held_until', Date.now() + 3_600_000);
    }
    const issue = await desk.send();
    await desk.startWorkers();
    const warm = Math.floor(messages / 4);
    await sink.accepted(warm);
    const startedAt = performance.now();
    await sink.accepted(messages);
    const rate = (messages - warm) / ((performance.now() - startedAt) / 1000);
    const { counts } = await readStatus(desk.app.ledger, issue);
    if (isHeld && counts.accepted > messages) throw new Error('the held lane was not held');
    return Math.round(rate);
  } finally {
    await desk.close();
    await Promise.all([redis.stop(), sink.stop()]);
  }
}
