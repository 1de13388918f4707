import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { type AddressInfo, createConnection, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PaperboyError } from '../../src/core/errors.ts';
import type { Logger } from '../../src/core/log.ts';
import { bullConnectionOptions, type ConnectOptions, connectRedis } from '../../src/redis/connect.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';

const opened: Redis[] = [];
afterAll(() => {
  for (const redis of opened) redis.disconnect();
});

async function connect(url: string, options?: ConnectOptions): Promise<Redis> {
  const redis = await connectRedis(url, options);
  opened.push(redis);
  return redis;
}

async function refusal(url: string, options?: ConnectOptions): Promise<PaperboyError> {
  const error = await connect(url, options).catch((thrown: unknown) => thrown);
  if (error instanceof PaperboyError) return error;
  throw error;
}

describe('a connection', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await startTestRedis(['--requirepass', 'hunter2 @:/']);
  });
  afterAll(() => server.stop());

  const login = ':hunter2%20%40%3A%2F@';
  const url = () => `unix://${login}${server.socket}`;

  it('is made over a unix socket, with password and database', async () => {
    const redis = await connect(`${url()}?db=3`, { name: 'tester' });
    expect(await redis.ping()).toBe('PONG');
    const me = String(await redis.client('INFO'));
    expect(me).toContain(' db=3 ');
    expect(me).toContain(' name=tester ');
  });

  it('is made over TCP', async () => {
    const { port, close } = await forward(server.socket);
    try {
      const redis = await connect(`redis://${login}127.0.0.1:${port}/1`);
      expect(await redis.ping()).toBe('PONG');
      redis.disconnect();
    } finally {
      close();
    }
  });

  it.each([
    ['a wrong password', () => `unix://:hunter2-wrong@${server.socket}`, 'WRONGPASS'],
    ['no password', () => `unix://${server.socket}`, 'NOAUTH'],
  ])('is refused for %s, which no error repeats', async (_what, wrong, reason) => {
    const error = await refusal(wrong());
    expect([error.code, error.exitStatus, error.retry]).toEqual(['redis-unreachable', 69, 'later']);
    expect(error.message).toContain(`Redis at unix://${server.socket} cannot be used: ${reason}`);
    expect(error.hint).toContain('password');
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('hunter2');
  });

  it('comes back after a restart of the server, and a command given meanwhile is carried out', async () => {
    const said: string[] = [];
    const note = (_fields: object, message: string) => void said.push(message);
    const log: Logger = { debug: note, info: note, warn: note, error: note };
    const redis = await connect(url(), { log });
    await redis.set('before', '1');
    const lost = once(redis, 'close');
    await server.crash();
    await lost;
    const answer = redis.get('before');
    await server.restart();
    expect(await answer).toBe('1');
    expect(said.at(-1)).toBe('Redis: connected again');
  });

  it('for BullMQ waits longer than its blocking reads take', async () => {
    const redis = new Redis(bullConnectionOptions(url()));
    redis.on('error', () => {});
    opened.push(redis);
    expect(await redis.ping()).toBe('PONG');
    expect(redis.options.maxRetriesPerRequest).toBeNull();
    expect(await redis.bzpopmin('nothing', 1)).toBeNull();
    expect(redis.options.commandTimeout).toBeGreaterThan(10_000);
  });

  it('gives up on a command that the server does not answer', async () => {
    const redis = await connect(url(), { commandTimeoutMs: 200 });
    const other = await connect(url());
    await other.client('PAUSE', 1_000, 'ALL');
    await expect(redis.set('a', '1')).rejects.toThrow('Command timed out');
  });
});

describe('a server that is not there', () => {
  it('is named by host and port, without the password', async () => {
    const port = await freePort();
    const error = await refusal(`redis://someone:hunter2@127.0.0.1:${port}/5`);
    expect([error.code, error.exitStatus]).toEqual(['redis-unreachable', 69]);
    expect(error.message).toContain(
      `Redis at redis://127.0.0.1:${port}/5 cannot be used: connect ECONNREFUSED`,
    );
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('hunter2');
  });

  it('is named by its socket', async () => {
    const error = await refusal('unix:///nowhere/redis.sock');
    expect(error.message).toContain('unix:///nowhere/redis.sock cannot be used: connect ENOENT');
  });

  it('may accept and say nothing: then the command limit ends it', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const error = await refusal(`redis://:hunter2@127.0.0.1:${port}`, { commandTimeoutMs: 200 });
    expect(error.message).toContain('Command timed out');
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('hunter2');
    silent.close();
  });

  it('may speak no TLS where TLS was asked for', async () => {
    const plain = createServer((socket) => void socket.end('-ERR plain\r\n')).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const { port } = plain.address() as AddressInfo;
    const error = await refusal(`rediss://:hunter2@127.0.0.1:${port}`);
    expect(error.message).toContain(`Redis at rediss://127.0.0.1:${port} cannot be used`);
    plain.close();
  });
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.runIf(hasOpenssl)('a connection with TLS', () => {
  it('is refused when nobody vouches for the certificate of the server', async () => {
    const port = await freePort();
    const server = await startTestRedis();
    const folder = join(server.socket, '..');
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    try {
      execFileSync(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          'rsa:2048',
          '-nodes',
          '-days',
          '1',
          '-subj',
          '/CN=localhost',
          '-keyout',
          key,
          '-out',
          certificate,
        ],
        { stdio: 'ignore' },
      );
      for (const [name, value] of [
        ['tls-cert-file', certificate],
        ['tls-key-file', key],
        ['tls-auth-clients', 'no'],
        ['tls-ca-cert-file', certificate],
        ['tls-port', String(port)],
      ] as const) {
        await server.redis.config('SET', name, value);
      }
      const error = await refusal(`rediss://localhost:${port}`);
      expect(error.message).toMatch(/self.signed certificate/);
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** A TCP port in front of a unix socket. */
async function forward(path: string): Promise<{ port: number; close: () => void }> {
  const server: Server = createServer((socket) => {
    const inner = createConnection(path);
    socket.pipe(inner).pipe(socket);
    socket.on('error', () => inner.destroy());
    inner.on('error', () => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
