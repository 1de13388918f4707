/** What readers said of an issue, 👍 or 👎: one word each, which they may change; the last one counts. */
import { keys } from '../redis/keys.ts';
import { defineScript } from '../redis/script.ts';
import { type LedgerDeps, timeArgument } from './ledger.ts';
import { prelude } from './lua.ts';

export type Vote = 'liked' | 'disliked';

export type Votes = Readonly<Record<Vote, number>>;

/** Two bits a subscriber; 0 says nothing. */
const codes = { liked: 1, disliked: 2 } as const satisfies Record<Vote, number>;

/** `[1] = 'liked', …` */
const fields = Object.entries(codes)
  .map(([vote, code]) => `[${code}] = '${vote}'`)
  .join(', ');

/**
 * KEYS issue voters votes
 * ARGV now sid code
 * → whether the issue is still kept (0|1)
 */
const castScript = defineScript(`${prelude()}
local now = now_ms(ARGV[1])
local kept_until = tonumber(redis.call('HGET', KEYS[1], 'keptUntil') or 0)
if now >= kept_until then return 0 end
local at, code = '#' .. ARGV[2], tonumber(ARGV[3])
local before = redis.call('BITFIELD', KEYS[2], 'GET', 'u2', at)[1]
if before == code then return 1 end
local fields = { ${fields} }
redis.call('BITFIELD', KEYS[2], 'SET', 'u2', at, code)
redis.call('PEXPIRE', KEYS[2], kept_until - now)
redis.call('HINCRBY', KEYS[3], fields[code], 1)
if before > 0 then redis.call('HINCRBY', KEYS[3], fields[before], -1) end
return 1
`);

/** Records a vote in place of the one before. @returns false when the issue is unknown or not kept any more */
export async function castVote(deps: LedgerDeps, issue: string, sid: number, vote: Vote): Promise<boolean> {
  const kept = await castScript.run(
    deps.redis,
    [keys.issue(issue), keys.voters(issue), keys.votes(issue)],
    [timeArgument(deps), sid, codes[vote]],
  );
  return kept === 1;
}

/** Null when they said nothing, or when it is not kept any more. */
export async function readVote({ redis }: LedgerDeps, issue: string, sid: number): Promise<Vote | null> {
  const [code] = (await redis.call('BITFIELD_RO', keys.voters(issue), 'GET', 'u2', `#${sid}`)) as number[];
  return (Object.keys(codes) as Vote[]).find((vote) => codes[vote] === code) ?? null;
}

export async function readVotes({ redis }: LedgerDeps, issue: string): Promise<Votes> {
  const [liked, disliked] = await redis.hmget(keys.votes(issue), 'liked', 'disliked');
  return { liked: Number(liked ?? 0), disliked: Number(disliked ?? 0) };
}
