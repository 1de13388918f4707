import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../src/core/log.ts';
import { connectRedis } from '../../src/redis/connect.ts';
import { demandRedis } from '../../src/redis/demands.ts';
import {
  joinPrivateRedis,
  type PrivateRedis,
  type PrivateRedisOptions,
} from '../../src/redis/private-server.ts';
import { isRunning } from '../../src/redis/process-mark.ts';
import { readRaw, readRunFile, updateRunFile } from '../../src/redis/run-file.ts';
import { type TsProgram, tsProgram } from '../helpers/ts-process.ts';

let dataDir: string;
let joined: PrivateRedis[];
beforeEach(() => {
  // A name that has to be quoted, in a URL and on a command line.
  dataDir = join(mkdtempSync(join(tmpdir(), 'paperboy-private-')), 'data of 林岚 100%?');
  joined = [];
});
afterEach(async () => {
  await Promise.all(joined.map((one) => one.stop()));
  rmSync(dirname(dataDir), { recursive: true });
});

async function join_(options?: PrivateRedisOptions): Promise<PrivateRedis> {
  const one = await joinPrivateRedis(dataDir, silentLogger, options);
  joined.push(one);
  return one;
}

/** A command: joins, says its process ids, leaves when told, says so and ends. */
let command: TsProgram;
beforeAll(async () => {
  command = await tsProgram(`
    import { silentLogger } from './src/core/log.ts';
    import { joinPrivateRedis } from './src/redis/private-server.ts';
    import { readRunFile } from './src/redis/run-file.ts';
    const dataDir = process.argv[2];
    const server = await joinPrivateRedis(dataDir, silentLogger);
    const { redis } = await readRunFile(dataDir);
    console.log(JSON.stringify({ started: server.started, url: server.url, pid: redis.pid }));
    process.stdin.once('data', async () => {
      await server.stop();
      console.log('left');
      process.exit();
    });`);
});
afterAll(() => command.remove());

interface Report {
  readonly started: boolean;
  readonly url: string;
  readonly pid: number;
}

async function startCommand() {
  const one = command.start([dataDir]);
  const report = JSON.parse(await one.line()) as Report;
  return { ...one, report };
}

async function serverPid(): Promise<number> {
  return (await readRunFile(dataDir)).redis?.pid ?? 0;
}

/** Not `once`: that would reject on the errors that come before. */
function isReadyAgain(redis: Redis): Promise<void> {
  return new Promise((resolve) => redis.once('ready', () => resolve()));
}

/** Neither process nor socket nor record is left of the server. */
function expectNothingLeft(server: { url: string; pid: number }): void {
  expect(isRunning(server.pid)).toBe(false);
  expect(existsSync(dirname(new URL(server.url).pathname))).toBe(false);
  expect(existsSync(join(dataDir, 'run.json'))).toBe(false);
  expect(readdirSync(join(dataDir, 'joined'))).toEqual([]);
}

describe('the private Redis', () => {
  it('is started where none runs, is as the product demands, and is stopped without a trace', async () => {
    const server = await join_();
    expect(server.started).toBe(true);
    const pid = await serverPid();
    const redis = await connectRedis(server.url);
    expect((await demandRedis(redis, { durability: 'strict' })).problems).toEqual([]);
    expect(await redis.config('GET', 'save')).toEqual(['save', '']);
    expect(await redis.config('GET', 'port')).toEqual(['port', '0']);
    redis.disconnect();
    expect(statSync(dirname(new URL(server.url).pathname)).mode & 0o777).toBe(0o700);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    await server.stop();
    await server.stop();
    expectNothingLeft({ url: server.url, pid });
  });

  it('keeps its data from one time to the next', async () => {
    const first = await join_();
    const redis = await connectRedis(first.url);
    await redis.set('kept', 'yes');
    redis.disconnect();
    await first.stop();
    const second = await join_();
    const again = await connectRedis(second.url);
    expect(await again.get('kept')).toBe('yes');
    again.disconnect();
  });

  it('is one, however many commands start at once, and lives until the last has left', async () => {
    const commands = await Promise.all(Array.from({ length: 4 }, startCommand));
    const [{ report }] = commands as [(typeof commands)[number]];
    expect(new Set(commands.map((one) => one.report.pid)).size).toBe(1);
    expect(commands.filter((one) => one.report.started)).toHaveLength(1);
    const starter = commands.find((one) => one.report.started)!;
    starter.say('leave');
    expect(await starter.line()).toBe('left');
    expect(isRunning(report.pid)).toBe(true);
    for (const one of commands.filter((other) => other !== starter)) {
      one.say('leave');
      expect(await one.line()).toBe('left');
    }
    expectNothingLeft(report);
  });

  it('is shared by several parts of one process', async () => {
    const [first, second] = await Promise.all([join_(), join_()]);
    expect(second.url).toBe(first.url);
    const pid = await serverPid();
    await first.stop();
    expect(isRunning(pid)).toBe(true);
    await second.stop();
    expectNothingLeft({ url: first.url, pid });
  });

  it('is started again on the same data and socket when it dies, whoever started it', async () => {
    const { report, end } = await startCommand();
    const ours = await join_();
    await end('SIGKILL');
    const redis = await connectRedis(ours.url);
    await redis.set('kept', 'yes');
    const back = isReadyAgain(redis);
    process.kill(report.pid, 'SIGKILL');
    await back;
    expect(await redis.get('kept')).toBe('yes');
    redis.disconnect();
    const pid = await serverPid();
    expect(pid).not.toBe(report.pid);
    await ours.stop();
    expectNothingLeft({ url: ours.url, pid });
  });

  it('is started again by one of those who joined, not by each', async () => {
    const commands = await Promise.all(Array.from({ length: 3 }, startCommand));
    const ours = await join_();
    const redis = await connectRedis(ours.url);
    for (let death = 0; death < 2; death++) {
      const back = isReadyAgain(redis);
      process.kill(await serverPid(), 'SIGKILL');
      await back;
    }
    redis.disconnect();
    const folder = join(dataDir, 'redis');
    const servers = spawnSync('sh', ['-c', 'for p in /proc/[0-9]*; do readlink "$p/cwd"; done'], {
      encoding: 'utf8',
    });
    expect(servers.stdout.split('\n').filter((cwd) => cwd === folder)).toHaveLength(1);
    await Promise.all(commands.map((one) => one.end('SIGKILL')));
  });

  it('outlives a kill -9 of its starter, and the next command stops it', async () => {
    const { end, report } = await startCommand();
    await end('SIGKILL');
    expect(isRunning(report.pid)).toBe(true);
    const next = await join_();
    expect([next.started, next.url, await serverPid()]).toEqual([false, report.url, report.pid]);
    await next.stop();
    expectNothingLeft(report);
  });

  it('stays for those who joined when its starter is killed', async () => {
    const starter = await startCommand();
    const other = await join_();
    await starter.end('SIGKILL');
    const third = await join_();
    await third.stop();
    const redis = await connectRedis(other.url);
    expect(await redis.ping()).toBe('PONG');
    redis.disconnect();
    await other.stop();
    expectNothingLeft(starter.report);
  });

  it('is not in the process group that a terminal interrupts', {
    skip: !existsSync('/proc/self/stat'),
  }, async () => {
    await join_();
    const stat = readFileSync(`/proc/${await serverPid()}/stat`, 'utf8');
    const [, , group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    expect([Number(group), Number(session)]).toEqual([await serverPid(), await serverPid()]);
  });

  it('that was killed is started again where those who still use it look for it', async () => {
    const first = await join_();
    const redis = await connectRedis(first.url);
    await redis.set('kept', 'yes');
    const pid = await serverPid();
    const lost = new Promise((resolve) => redis.once('close', resolve));
    process.kill(pid, 'SIGKILL');
    await lost;
    const second = await join_();
    expect([second.started, second.url]).toEqual([true, first.url]);
    expect(await redis.get('kept')).toBe('yes');
    redis.disconnect();
    await first.stop();
    expect(isRunning(await serverPid())).toBe(true);
  });

  it('is found though its starter died before it could write down which process it is', async () => {
    const { end, report } = await startCommand();
    await end('SIGKILL');
    await updateRunFile(dataDir, { redis: { socket: readRaw(dataDir).redis!.socket, pid: 0 } });
    const next = await join_();
    expect([next.started, await serverPid()]).toEqual([false, report.pid]);
    await next.stop();
    expectNothingLeft(report);
  });

  it('is replaced when its socket was removed: nobody can reach it, and two may not share the data', async () => {
    const { end, report } = await startCommand();
    await end('SIGKILL');
    rmSync(dirname(new URL(report.url).pathname), { recursive: true });
    const next = await join_();
    expect(next.started).toBe(true);
    expect(isRunning(report.pid)).toBe(false);
  });

  it('is stopped by its last user also when the data folder was removed', async () => {
    const server = await join_();
    const pid = await serverPid();
    rmSync(dataDir, { recursive: true });
    await server.stop();
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(dirname(new URL(server.url).pathname))).toBe(false);
  });

  it('is killed when it ignores the request to end', async () => {
    const server = await join_();
    const pid = await serverPid();
    const redis = new Redis({ path: decodeURIComponent(new URL(server.url).pathname) });
    // With its AOF just switched on, Redis refuses to shut down until a first one is written.
    await redis.config('SET', 'appendonly', 'no');
    await redis.set('filler', 'x'.repeat(1_000));
    await redis.config('SET', 'rdb-key-save-delay', 60_000_000);
    await redis.config('SET', 'appendonly', 'yes');
    redis.disconnect();
    await server.stop();
    expectNothingLeft({ url: server.url, pid });
  });

  it('leaves what other rooms wrote into run.json', async () => {
    const web = { url: 'http://127.0.0.1:8080', pid: process.pid };
    await updateRunFile(dataDir, { web });
    const server = await join_();
    expect(await readRunFile(dataDir)).toEqual({
      web,
      redis: expect.objectContaining({ pid: expect.any(Number) }),
    });
    await server.stop();
    expect(await readRunFile(dataDir)).toEqual({ web });
  });

  it('is not installed when no server is on PATH', async () => {
    await expect(join_({ binaries: ['no-such-server', 'nor-this-one'] })).rejects.toMatchObject({
      code: 'redis-not-installed',
      exitStatus: 78,
      message: 'none of no-such-server, nor-this-one is on PATH',
      hint: expect.stringContaining('node scripts/setup.mjs'),
    });
    expect(existsSync(join(dataDir, 'run.json'))).toBe(false);
    const server = await join_({ binaries: ['no-such-server', 'redis-server'] });
    expect(server.started).toBe(true);
  });

  it('that cannot read its data says why', async () => {
    mkdirSync(join(dataDir, 'redis', 'appendonlydir'), { recursive: true });
    writeFileSync(join(dataDir, 'redis', 'appendonlydir', 'appendonly.aof.manifest'), 'nonsense\n');
    await expect(join_()).rejects.toMatchObject({
      code: 'redis-unreachable',
      exitStatus: 69,
      message: expect.stringMatching(/ended \(1\) before it was ready; it said:[\s\S]*AOF manifest/),
    });
    expect(existsSync(join(dataDir, 'run.json'))).toBe(false);
  });

  it('has its socket in /tmp where the path would be too long', async () => {
    const long = mkdtempSync(join(tmpdir(), `paperboy-${'long'.repeat(20)}-`));
    const server = await join_({ temporary: [long, '/tmp'] });
    expect(server.url).toMatch(/^unix:\/\/\/tmp\/paperboy-redis-\w{6}\/redis\.sock$/);
    rmSync(long, { recursive: true });
  });

  it('may have its socket in a folder whose name must be quoted', async () => {
    const odd = mkdtempSync(join(tmpdir(), 'paper boy % ? #'));
    const server = await join_({ temporary: [odd] });
    const redis = await connectRedis(server.url);
    expect(await redis.ping()).toBe('PONG');
    redis.disconnect();
    await server.stop();
    expect(readdirSync(odd)).toEqual([]);
    rmSync(odd, { recursive: true });
  });

  it('that is stopped while someone starts is waited for, and started anew', async () => {
    const first = await join_();
    const [, second] = await Promise.all([first.stop(), join_()]);
    const redis = await connectRedis(second.url);
    expect(await redis.ping()).toBe('PONG');
    redis.disconnect();
    await vi.waitFor(async () => expect(isRunning(await serverPid())).toBe(true));
  });
});
