/** What the product demands of a Redis server, because the ledger must not forget and must not be evicted. */
import type { Redis } from 'ioredis';
import { PaperboyError } from '../core/errors.ts';

export interface RedisFacts {
  readonly server: 'redis' | 'valkey';
  readonly version: string;
  /** Of maxmemory. Null where the server does not tell, as managed ones may. */
  readonly policy: string | null;
  readonly appendonly: boolean | null;
  readonly appendfsync: string | null;
  /** Bytes; 0 is no limit. */
  readonly maxmemory: number | null;
  readonly usedMemory: number | null;
}

export interface RedisProblem {
  readonly severity: 'error' | 'warning';
  /** `redis-unknown`: the server does not tell, so nobody knows. */
  readonly code: 'redis-too-old' | 'redis-evicts' | 'redis-not-durable' | 'redis-unknown';
  readonly message: string;
  readonly hint: string;
}

export interface RedisCheck {
  readonly problems: readonly RedisProblem[];
  readonly facts: RedisFacts;
}

/** @param durability `relaxed` accepts a server that forgets the last second, or everything, in a crash */
export async function checkRedis(
  redis: Redis,
  { durability }: { readonly durability: 'strict' | 'relaxed' },
): Promise<RedisCheck> {
  const facts = await readFacts(redis);
  return { facts, problems: judge(facts, durability) };
}

/** @throws PaperboyError that names all errors, with the code of the first: `redis-too-old`, `redis-evicts`, `redis-not-durable` */
export async function demandRedis(
  redis: Redis,
  options: { readonly durability: 'strict' | 'relaxed' },
): Promise<RedisCheck> {
  const check = await checkRedis(redis, options);
  const errors = check.problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined || first.code === 'redis-unknown') return check;
  throw new PaperboyError(first.code, errors.map(({ message }) => message).join('; '), {
    hint: errors.map(({ hint }) => hint).join('; '),
  });
}

/** What the facts amount to, errors first. */
export function judge(facts: RedisFacts, durability: 'strict' | 'relaxed'): RedisProblem[] {
  const problems = [
    judgeVersion(facts),
    judgePolicy(facts),
    durability === 'strict' ? judgeDurability(facts) : null,
  ];
  return problems
    .filter((problem) => problem !== null)
    .sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'));
}

/** Scripts with flags came with Redis 7.0 and Valkey 7.2, its first release. */
const oldest = { redis: '7.0', valkey: '7.2' } as const;

function judgeVersion({ server, version }: RedisFacts): RedisProblem | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldest[server].split('.').map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return null;
  return {
    severity: 'error',
    code: 'redis-too-old',
    message: `the ${server} server has version ${version}; expected ${oldest[server]} or newer`,
    hint: 'upgrade it, or unset REDIS_URL to use a private one',
  };
}

function judgePolicy({ policy }: RedisFacts): RedisProblem | null {
  if (policy === 'noeviction') return null;
  const hint = 'CONFIG SET maxmemory-policy noeviction, and in redis.conf';
  if (policy === null) return unknown('maxmemory-policy', 'noeviction', hint);
  return {
    severity: 'error',
    code: 'redis-evicts',
    message: `Redis evicts keys when it is full (maxmemory-policy ${policy}); expected noeviction`,
    hint,
  };
}

function judgeDurability({ appendonly, appendfsync }: RedisFacts): RedisProblem | null {
  if (appendonly && appendfsync === 'always') return null;
  const hint =
    'set appendonly yes and appendfsync always; or, if forgetting the last second in a crash is acceptable, ' +
    'durability: relaxed in newsletter.yaml';
  if (appendonly === null || (appendonly && appendfsync === null)) {
    return unknown('appendonly and appendfsync', 'yes and always', hint);
  }
  return {
    severity: 'error',
    code: 'redis-not-durable',
    message: appendonly
      ? `Redis forgets in a crash what it acknowledged (appendfsync ${appendfsync}); expected always`
      : 'Redis forgets in a crash what it acknowledged (appendonly no); expected yes',
    hint,
  };
}

function unknown(setting: string, expected: string, hint: string): RedisProblem {
  return {
    severity: 'warning',
    code: 'redis-unknown',
    message: `Redis does not tell its ${setting}; make sure it is ${expected}`,
    hint,
  };
}

async function readFacts(redis: Redis): Promise<RedisFacts> {
  const info = parseInfo(await redis.info());
  const policy = info.get('maxmemory_policy') ?? (await readSetting(redis, 'maxmemory-policy'));
  const aof = info.get('aof_enabled');
  const valkey = info.get('valkey_version');
  return {
    server: valkey === undefined ? 'redis' : 'valkey',
    version: valkey ?? info.get('redis_version') ?? '0',
    policy,
    appendonly: aof === undefined ? null : aof === '1',
    appendfsync: await readSetting(redis, 'appendfsync'),
    maxmemory: numberOf(info.get('maxmemory')),
    usedMemory: numberOf(info.get('used_memory')),
  };
}

/** Null where CONFIG is forbidden (NOPERM), renamed or unknown. */
async function readSetting(redis: Redis, name: string): Promise<string | null> {
  try {
    const [, value] = (await redis.config('GET', name)) as string[];
    return value ?? null;
  } catch (error) {
    if (/^(NOPERM|ERR unknown)/i.test((error as Error).message)) return null;
    throw error;
  }
}

function parseInfo(text: string): Map<string, string> {
  return new Map(
    text
      .split('\r\n')
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}

function numberOf(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}
