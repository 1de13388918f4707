import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { readEnvironment, workerEnvironment } from '../../src/config/environment.ts';
import { relayPassword, relayPasswordVariables } from '../../src/config/relay-password.ts';
import { isColorWanted } from '../../src/config/terminal.ts';
import { PaperboyError } from '../../src/core/errors.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'paperboy-environment-'));
});
afterAll(() => rmSync(cwd, { recursive: true }));

const read = (env: NodeJS.ProcessEnv) => readEnvironment(env, { cwd });

function refusal(env: NodeJS.ProcessEnv): PaperboyError {
  try {
    readEnvironment(env, { cwd, passwordVariables: ['RELAY_PASSWORD'] });
  } catch (error) {
    if (error instanceof PaperboyError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('the environment', () => {
  it('may be empty', () => {
    expect(read({})).toEqual({
      publicUrl: 'http://127.0.0.1:8080',
      port: 8080,
      host: '127.0.0.1',
      logLevel: 'info',
      dataDir: join(cwd, 'data'),
      relayPasswords: {},
    });
    expect(read({ REDIS_URL: '', PORT: ' ', KEYRING_FILE: '' })).toEqual(read({}));
  });

  it('is taken as it is given, and frozen', () => {
    const env = {
      REDIS_URL: 'rediss://u:pw@redis.example.org:6380/2',
      SMTP_URL: 'smtps://u:pw@mx.example.org',
      PUBLIC_URL: 'https://News.Example.org/',
      PORT: '9000',
      HOST: '0.0.0.0',
      LOG_LEVEL: 'debug',
      DATA_DIR: '../elsewhere',
      OPERATOR_TOKEN: '0123456789abcdef',
      KEYRING: '/etc/paperboy/keyring.json',
      UNRELATED: 'x',
    };
    const environment = read(env);
    expect(environment).toEqual({
      redisUrl: env.REDIS_URL,
      smtpUrl: env.SMTP_URL,
      publicUrl: 'https://news.example.org',
      port: 9000,
      host: '0.0.0.0',
      logLevel: 'debug',
      dataDir: join(cwd, '../elsewhere'),
      operatorToken: env.OPERATOR_TOKEN,
      keyring: env.KEYRING,
      relayPasswords: {},
    });
    expect(Object.isFrozen(environment)).toBe(true);
    expect(Object.isFrozen(environment.relayPasswords)).toBe(true);
  });

  it('may name a file for each secret', () => {
    writeFileSync(join(cwd, 'secret'), 'unix:///run/redis.sock\n');
    expect(read({ REDIS_URL_FILE: 'secret' }).redisUrl).toBe('unix:///run/redis.sock');
    writeFileSync(join(cwd, 'secret'), 'hunter2hunter2hunter2\n');
    expect(read({ OPERATOR_TOKEN_FILE: join(cwd, 'secret') }).operatorToken).toBe('hunter2hunter2hunter2');
    const { relayPasswords } = readEnvironment(
      { A_PASSWORD: 'a', B_PASSWORD_FILE: 'secret' },
      { cwd, passwordVariables: ['A_PASSWORD', 'B_PASSWORD', 'C_PASSWORD'] },
    );
    expect(relayPasswords).toEqual({ A_PASSWORD: 'a', B_PASSWORD: 'hunter2hunter2hunter2' });
  });

  it.each([
    'http://localhost:3000',
    'http://127.0.0.1:8080',
    'http://[::1]:8080',
    'https://news.example.org:8443',
  ])('takes %s for a public URL', (url) => expect(read({ PUBLIC_URL: `${url}/` }).publicUrl).toBe(url));

  it('links to the port it listens on when no public URL is given', () => {
    expect(read({ PORT: '9000', HOST: '0.0.0.0' }).publicUrl).toBe('http://127.0.0.1:9000');
  });

  it.each([
    [{ PORT: '80a' }, 'environment variable PORT: expected a number from 0 to 65535, found "80a"'],
    [{ PORT: '65536' }, 'found "65536"'],
    [{ LOG_LEVEL: 'loud' }, 'environment variable LOG_LEVEL: expected one of trace debug info'],
    [{ PUBLIC_URL: 'http://news.example.org' }, 'PUBLIC_URL: expected https'],
    [{ PUBLIC_URL: 'http://localhost.example.org' }, 'PUBLIC_URL: expected https'],
    [{ PUBLIC_URL: 'news.example.org' }, 'PUBLIC_URL: expected an origin such as'],
    [
      { PUBLIC_URL: 'https://example.org/news' },
      'without path, query or fragment, such as https://example.org',
    ],
    [{ SMTP_URL_FILE: 'nowhere' }, 'SMTP_URL_FILE: expected a file that can be read, found "nowhere"'],
  ])('is refused: %o', (env, expected) => {
    const error = refusal(env);
    expect([error.code, error.exitStatus]).toEqual(['environment-invalid', 78]);
    expect(error.message).toContain(expected);
  });

  it.each([
    [{ REDIS_URL: 'http://:hunter2@host' }, 'REDIS_URL'],
    [{ REDIS_URL: 'hunter2' }, 'REDIS_URL'],
    [{ SMTP_URL: 'hunter2@mx.example.org' }, 'SMTP_URL'],
    [{ SMTP_URL: 'smtp://u:hunter2@[' }, 'SMTP_URL'],
    [{ OPERATOR_TOKEN: 'hunter2' }, 'OPERATOR_TOKEN'],
    [{ PUBLIC_URL: 'https://u:hunter2@example.org' }, 'PUBLIC_URL'],
    [{ RELAY_PASSWORD: 'hunter2', RELAY_PASSWORD_FILE: 'x' }, 'RELAY_PASSWORD_FILE'],
  ])('names the variable and not the secret in it: %o', (env, name) => {
    const error = refusal(env);
    expect(error.message).toContain(`environment variable ${name}: expected`);
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('hunter2');
  });
});

describe('a relay of the configuration', () => {
  const relay = { connections: 1, profile: 'plain' as const, messagesPerConnection: 1, chunking: true };
  const mx = { ...relay, url: 'smtp://u@mx.example.org', passwordEnv: 'MX_PASSWORD' };
  const config = { sending: { relays: [mx, { ...relay, url: 'stub:' }] } } as unknown as Config;

  it('finds its password in the variable it names', () => {
    const environment = readEnvironment(
      { MX_PASSWORD: 'hunter2' },
      { cwd, passwordVariables: relayPasswordVariables(config) },
    );
    expect(config.sending.relays.map((one) => relayPassword(one, environment))).toEqual([
      'hunter2',
      undefined,
    ]);
  });

  it('is refused when that variable is not set', () => {
    expect(() => relayPassword(mx, read({}))).toThrow(/MX_PASSWORD: expected the password of the relay/);
  });
});

describe('the terminal', () => {
  it('has colours unless told otherwise', () => {
    expect(isColorWanted({}, true)).toBe(true);
    expect(isColorWanted({}, false)).toBe(false);
    expect(isColorWanted({ NO_COLOR: '1', FORCE_COLOR: '1' }, true)).toBe(false);
    expect(isColorWanted({ FORCE_COLOR: '1' }, false)).toBe(true);
    expect(isColorWanted({ FORCE_COLOR: '0' }, true)).toBe(false);
    expect(isColorWanted({ TERM: 'dumb' }, true)).toBe(false);
  });
});

describe('the environment of workers', () => {
  it('has a thread for each core to sign with, unless it says how many', () => {
    const { UV_THREADPOOL_SIZE, SMTP_URL } = workerEnvironment({ SMTP_URL: 'stub:' });
    expect([Number(UV_THREADPOOL_SIZE), SMTP_URL]).toEqual([Math.max(2, availableParallelism()), 'stub:']);
    expect(workerEnvironment({ UV_THREADPOOL_SIZE: '9' })).toEqual({ UV_THREADPOOL_SIZE: '9' });
  });
});
