/** Workers that die, stop and are told to stop in the middle of a send; the SMTP server's record is the judge. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.ts';
import { queuePrefix } from '../../src/redis/keys.ts';
import { isRunning } from '../../src/redis/process-mark.ts';
import { randomReaders, readersCsv } from '../helpers/audience.ts';
import { createWorkplace, type RunningProgram, type Workplace } from '../helpers/program.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { type Received, type SmtpSink, startSmtpSink } from '../helpers/smtp-sink.ts';

const example = join(packageRoot(), 'examples', 'digests', 'ai-daily-2026-03-02.md');
const issue = 'ai-daily-2026-03-02';
const size = 600;

interface Status {
  readonly phase: string;
  readonly recipients: number;
  readonly counts: Readonly<Record<string, number>>;
}

let redis: TestRedis;
let sink: SmtpSink;
let place: Workplace;
const running = new Set<RunningProgram>();

beforeEach(async () => {
  // Slow enough that there is a middle.
  [redis, sink] = await Promise.all([
    startTestRedis(),
    startSmtpSink({ rules: [{ at: 'dot', delayMs: 20, record: true, reply: '250 2.0.0 Ok: queued' }] }),
  ]);
  place = await createWorkplace({ REDIS_URL: redis.url, SMTP_URL: sink.url });
  await place.json(['init', '--config', 'unused.yaml']);
  Object.assign(place.env, { KEYRING: join(place.folder, 'data', 'keyring.json') });
  const everything = randomReaders(size, 11).map((reader) => ({ ...reader, topics: 'all' as const }));
  await place.write('readers.csv', readersCsv(everything, 'ai-daily'));
  await place.json(['subscribers', 'import', 'readers.csv', '--consent', 'a test']);
  await place.json(['send', example, '--newsletter', 'ai-daily']);
});

afterEach(async () => {
  for (const program of running) program.child.kill('SIGKILL');
  await Promise.all([...running].map((program) => program.ended));
  running.clear();
  await Promise.all([redis.stop(), sink.stop()]);
  await place.remove();
});

/** @param processes 0: the process itself works, and can be killed; else it watches over those that do */
function startWorker(processes = 0): RunningProgram {
  const worker = place.start(['work', '--processes', String(processes)], { LOG_LEVEL: 'info' });
  running.add(worker);
  return worker;
}

async function status(): Promise<Status> {
  return (await place.json<Status>(['status', issue])).data;
}

/** `status --watch` ends when the issue is done. */
async function untilDone(): Promise<Status> {
  return (await place.json<Status>(['status', issue, '--watch'])).data;
}

function expectOneCopyEach(record: readonly Received[]): void {
  expect(new Set(record.map(({ rcpt }) => rcpt)).size).toBe(record.length);
}

function childrenOf(pid = 0): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => (line.trim() === '' ? [] : [Number(line)]));
}

/** By the supervisor's own clock: from the line that says who died to the next that says who took the place. */
function expectReplacedSoon(log: string, pid: number): void {
  const lines = log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { time: number; pid: number; msg: string });
  const died = lines.find((line) => line.pid === pid && line.msg.startsWith('a worker died'));
  const next = lines.find(
    (line) => line.time >= (died?.time ?? 0) && line.msg.startsWith('a worker took the place'),
  );
  expect((next?.time ?? Number.NaN) - (died?.time ?? Number.NaN)).toBeLessThan(5_000);
}

describe('a send', () => {
  it('survives kill -9 of its worker: nobody twice, nobody left open, the unknowable named', async () => {
    const worker = startWorker();
    await sink.accepted(100);
    worker.child.kill('SIGKILL');
    await worker.ended;
    startWorker();
    const { phase, counts } = await untilDone();
    const record = await sink.record();
    expectOneCopyEach(record);
    expect(phase).toBe('done');
    expect(counts).toMatchObject({ planned: 0, claimed: 0, committing: 0, deferred: 0 });
    expect((counts.accepted ?? 0) + (counts.uncertain ?? 0)).toBe(size);
    // Only what was past its gate when the worker died may be unknown: at most one copy a connection.
    expect(counts.uncertain).toBeLessThanOrEqual(10);
    const accepted = await place.json<{ address: string }[]>(['deliveries', issue, '--state', 'accepted']);
    const received = new Set(record.map(({ rcpt }) => rcpt));
    expect(accepted.data.filter(({ address }) => !received.has(address))).toEqual([]);
    expect((await place.run(['verify', issue])).status).toBe(0);
  }, 90_000);

  it('goes on by itself when a worker process is killed, and again', async () => {
    const worker = startWorker(1);
    const killed: number[] = [];
    for (const copies of [50, 150]) {
      await sink.accepted(copies);
      const [pid = 0] = childrenOf(worker.child.pid);
      process.kill(pid, 'SIGKILL');
      killed.push(pid);
      await worker.shows(`"pid":${pid},"ended":"SIGKILL"`);
    }
    const { counts } = await untilDone();
    expectOneCopyEach(await sink.record());
    expect((counts.accepted ?? 0) + (counts.uncertain ?? 0)).toBe(size);
    expect((await place.run(['verify', issue])).status).toBe(0);
    for (const pid of killed) expectReplacedSoon(worker.talk().stderr, pid);
    worker.child.kill('SIGTERM');
    expect((await worker.ended).status).toBe(0);
  }, 90_000);

  it('drains when the supervisor of its workers is killed: no process is left, nothing is uncertain', async () => {
    const worker = startWorker(2);
    await sink.accepted(50);
    const children = childrenOf(worker.child.pid);
    expect(children).toHaveLength(2);
    worker.child.kill('SIGKILL');
    // The pipe of its log closes when the last process that writes to it has ended.
    await worker.ended;
    expect(children.filter((pid) => isRunning(pid))).toEqual([]);
    const { counts } = await status();
    expect(counts).toMatchObject({ claimed: 0, committing: 0, uncertain: 0 });
    expect(counts.accepted).toBe((await sink.stats()).accepted);
  }, 90_000);

  it('drains on SIGTERM, through its supervisor too: nothing uncertain, nobody left', async () => {
    const worker = startWorker(2);
    await sink.accepted(50);
    const children = childrenOf(worker.child.pid);
    worker.child.kill('SIGTERM');
    expect((await worker.ended).status).toBe(0);
    expect(children.filter((pid) => isRunning(pid))).toEqual([]);
    const { counts } = await status();
    expect(counts).toMatchObject({ claimed: 0, committing: 0, uncertain: 0 });
    expect(counts.accepted).toBe((await sink.stats()).accepted);
  }, 90_000);

  it('drains on SIGTERM: nothing uncertain, the rest planned, and the next worker goes on', async () => {
    const worker = startWorker();
    await sink.accepted(50);
    worker.child.kill('SIGTERM');
    expect((await worker.ended).status).toBe(0);
    const drained = await status();
    expect(drained.counts).toMatchObject({ claimed: 0, committing: 0, uncertain: 0 });
    expect(drained.counts.accepted).toBe((await sink.stats()).accepted);
    startWorker();
    expect((await untilDone()).counts.accepted).toBe(size);
    expectOneCopyEach(await sink.record());
  }, 90_000);

  it('goes on when all keys of BullMQ are deleted under it', async () => {
    startWorker();
    await sink.accepted(50);
    const lost = await redis.redis.keys(`${queuePrefix}*`);
    expect(lost.length).toBeGreaterThan(0);
    await redis.redis.del(...lost);
    expect((await untilDone()).counts.accepted).toBe(size);
    expectOneCopyEach(await sink.record());
  }, 120_000);

  it('goes on when Redis is killed and comes back', async () => {
    startWorker();
    await sink.accepted(100);
    await redis.crash();
    await redis.restart();
    const { counts } = await untilDone();
    expectOneCopyEach(await sink.record());
    expect((counts.accepted ?? 0) + (counts.uncertain ?? 0)).toBe(size);
  }, 120_000);

  it('stops at pause, goes on at resume, and never sends what was cancelled', async () => {
    startWorker();
    await sink.accepted(50);
    await place.json(['pause', issue]);
    const before = await sink.stats();
    const paused = await status();
    expect(paused.phase).toBe('paused');
    // What was past its gate when the pause came may still arrive: at most one copy a connection.
    expect(before.accepted - (paused.counts.accepted ?? 0)).toBeLessThanOrEqual(10);
    await place.json(['resume', issue]);
    await sink.accepted(before.accepted + 50);
    await place.json(['cancel', issue]);
    const { phase, counts } = await untilDone();
    expect(phase).toBe('cancelled');
    expect(counts.accepted).toBe((await sink.stats()).accepted);
    expect((counts.accepted ?? 0) + (counts.cancelled ?? 0)).toBe(size);
    expect((await place.run(['verify', issue])).status).toBe(0);
  }, 90_000);

  it('sends nothing to who left or was suppressed before their gate', async () => {
    startWorker();
    await sink.accepted(20);
    const late = Array.from({ length: 5 }, (_, index) => `reader-${size - index}@readers.example`);
    for (const address of late) await place.json(['suppress', 'add', address]);
    const suppressedAt = new Set((await sink.record()).map(({ rcpt }) => rcpt));
    await untilDone();
    const received = (await sink.record()).map(({ rcpt }) => rcpt);
    const states = (await place.json<{ address: string; state: string }[]>(['deliveries', issue])).data;
    for (const address of late.filter((each) => !suppressedAt.has(each))) {
      expect(received).not.toContain(address);
      expect(states.find((line) => line.address === address)?.state).toBe('suppressed');
    }
    expect(states.filter(({ state }) => state === 'suppressed').length).toBeGreaterThan(0);
  }, 90_000);
});
