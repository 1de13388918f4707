/** The process environment: read here and nowhere else, checked, and passed on as a frozen value. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { PaperboyError } from '../core/errors.ts';
import type { Environment } from './config.ts';
import { deepFreeze } from './deep-freeze.ts';
import { publicOrigin } from './public-url.ts';
import { relayUrlProblem } from './relay-url.ts';

export interface EnvironmentOptions {
  /** What relative paths start from. */
  readonly cwd: string;
  /** Names that `passwordEnv` of the relays give; `relayPasswordVariables` lists a configuration's. */
  readonly passwordVariables?: readonly string[];
}

/** The environment of this process, to be handed to the functions below. */
export function processEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}

/**
 * The environment of a process that sends: as many threads that sign as there are cores, unless it says otherwise. Node
 * has four, and on two cores they take the time of the thread that speaks SMTP: 3,138 signed messages a second, and
 * 3,347 with two threads (medians of four rounds by turns, `npm run bench`'s engine with 40 connections).
 */
export function workerEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // One thread would leave DNS and files waiting behind signatures.
  return { UV_THREADPOOL_SIZE: String(Math.max(2, availableParallelism())), ...env };
}

/**
 * REDIS_URL, SMTP_URL, OPERATOR_TOKEN, KEYRING and passwords are secrets: each may instead be named by `…_FILE`, the
 * path of a file that holds it. A variable set to nothing counts as not set.
 * PORT 0 asks for any free port; `publicUrl` is then only right once the port is known.
 * @throws PaperboyError `environment-invalid`, naming the variable and never the value of a secret
 */
export function readEnvironment(env: NodeJS.ProcessEnv, options: EnvironmentOptions): Environment {
  const secret = (name: string, check: (value: string) => string | null = () => null) => {
    const value = readSecret(env, name, options.cwd);
    const expected = value === undefined ? null : check(value);
    if (expected !== null) throw invalid(name, expected);
    return value;
  };
  const redisUrl = secret('REDIS_URL', checkRedisUrl);
  const smtpUrl = secret('SMTP_URL', checkSmtpUrl);
  const operatorToken = secret('OPERATOR_TOKEN', checkToken);
  const keyring = secret('KEYRING');
  const port = readPort(env);
  return deepFreeze({
    ...(redisUrl === undefined ? {} : { redisUrl }),
    ...(smtpUrl === undefined ? {} : { smtpUrl }),
    ...(operatorToken === undefined ? {} : { operatorToken }),
    ...(keyring === undefined ? {} : { keyring }),
    publicUrl: readPublicUrl(env) ?? `http://127.0.0.1:${port}`,
    port,
    host: variable(env, 'HOST') ?? '127.0.0.1',
    logLevel: readLogLevel(env),
    dataDir: resolve(options.cwd, variable(env, 'DATA_DIR') ?? 'data'),
    relayPasswords: Object.fromEntries(
      (options.passwordVariables ?? []).flatMap((name) => {
        const value = secret(name);
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  });
}

function variable(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

function readSecret(env: NodeJS.ProcessEnv, name: string, cwd: string): string | undefined {
  const value = variable(env, name);
  const file = variable(env, `${name}_FILE`);
  if (file === undefined) return value;
  if (value !== undefined) throw invalid(`${name}_FILE`, `only one of ${name} and ${name}_FILE to be set`);
  let content: string;
  try {
    content = readFileSync(resolve(cwd, file), 'utf8').trim();
  } catch (cause) {
    throw invalid(`${name}_FILE`, `a file that can be read, found ${JSON.stringify(file)}`, cause);
  }
  if (content === '')
    throw invalid(`${name}_FILE`, `a file that holds something, found ${JSON.stringify(file)} empty`);
  return content;
}

function checkRedisUrl(value: string): string | null {
  const isUrl = /^rediss?:\/\//i.test(value) && URL.canParse(value);
  return isUrl || /^unix:\/\/(?:[^/]*@)?\//i.test(value)
    ? null
    : 'redis://host:6379, rediss://host:6379 or unix:///path/of/redis.sock';
}

function checkSmtpUrl(value: string): string | null {
  const problem = relayUrlProblem(value);
  return problem === null || problem === 'password'
    ? null
    : 'smtp://user:password@host:587, smtps://…, file:DIR or stub:';
}

function checkToken(value: string): string | null {
  return value.length >= 16 ? null : 'at least 16 characters (`openssl rand -hex 16` makes some)';
}

function readPort(env: NodeJS.ProcessEnv): number {
  const value = variable(env, 'PORT') ?? '8080';
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw invalid('PORT', `a number from 0 to 65535, found ${JSON.stringify(value)}`);
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

function readLogLevel(env: NodeJS.ProcessEnv): string {
  const value = variable(env, 'LOG_LEVEL') ?? 'info';
  if (logLevels.includes(value)) return value;
  throw invalid('LOG_LEVEL', `one of ${logLevels.join(' ')}, found ${JSON.stringify(value)}`);
}

function readPublicUrl(env: NodeJS.ProcessEnv): string | undefined {
  const value = variable(env, 'PUBLIC_URL');
  if (value === undefined) return undefined;
  const { origin, expected } = publicOrigin(value);
  if (origin === undefined) throw invalid('PUBLIC_URL', expected);
  return origin;
}

function invalid(name: string, expected: string, cause?: unknown): PaperboyError {
  return new PaperboyError('environment-invalid', `environment variable ${name}: expected ${expected}`, {
    cause,
  });
}
