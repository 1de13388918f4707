/** The scripts that make and steer an issue: publish, control, revise, its preference sets, its outlook. */
import { defineScript } from '../redis/script.ts';
import { prelude } from './lua.ts';
import { rememberPublished } from './published.ts';

/**
 * Makes the issue and snapshots its audience, once; for an issue that exists it changes nothing.
 *
 * KEYS issue issues counts digests audience due eligible published
 * ARGV now id content delayMs maxAgeMs audienceBytes keptMs, four of `publishedArguments`, field value …
 *   audienceBytes: the audience itself, for a correction; empty: those eligible now
 * → `{created (0|1), audience}`, or `{-1}` when the newsletter's published stories changed since they were read
 */
export const publishScript = defineScript(`${prelude('operator')}${rememberPublished(8)}
local now = now_ms(ARGV[1])
if redis.call('EXISTS', KEYS[1]) == 1 then
  return { 0, redis.call('BITCOUNT', KEYS[5]) }
end
if is_outdated(KEYS[8]) then return { -1 } end
if ARGV[6] ~= '' then
  redis.call('SET', KEYS[5], ARGV[6])
else
  redis.call('DEL', KEYS[5])
  redis.call('COPY', KEYS[7], KEYS[5])
end
local audience = redis.call('BITCOUNT', KEYS[5])
local starts_at = now + tonumber(ARGV[4])
redis.call('HSET', KEYS[1], 'publishedAt', now, 'startsAt', starts_at, 'endsAt', starts_at + tonumber(ARGV[5]),
  'control', 'running', 'revision', 1, 'isPlanned', 0, 'planCursor', 1, 'pages', 0, 'keptMs', ARGV[7],
  'keptUntil', now + tonumber(ARGV[7]), unpack(ARGV, 12))
redis.call('HSET', KEYS[4], 1, ARGV[3])
redis.call('PEXPIRE', KEYS[4], ARGV[7])
redis.call('PEXPIRE', KEYS[5], ARGV[7])
-- The whole audience is planned from the first moment; freezing gives each its row.
redis.call('HSET', KEYS[3], 'recipients', audience, 'planned', audience)
redis.call('ZADD', KEYS[2], now, ARGV[2])
redis.call('ZADD', KEYS[6], starts_at, ARGV[2] .. '.plan')
remember_published(KEYS[8], starts_at, now)
return { 1, audience }
`);

/**
 * Pauses, resumes or cancels. Whatever is changed, all pages are due at once, so that it takes effect everywhere.
 * What a cancelled issue held does not count as published: it may stand in the next.
 *
 * KEYS issue due published
 * ARGV now id control
 * → the control before, or `none` for an unknown issue
 */
export const controlScript = defineScript(
  `${prelude('operator')}
local now = now_ms(ARGV[1])
local issue = redis.call('HMGET', KEYS[1], 'control', 'pages', 'isPlanned', 'startsAt')
local before = issue[1]
if not before then return 'none' end
if before == ARGV[3] or before == 'cancelled' then return before end
redis.call('HSET', KEYS[1], 'control', ARGV[3])
if ARGV[3] == 'cancelled' and redis.call('HDEL', KEYS[3], ARGV[2]) == 1 then
  redis.call('HINCRBY', KEYS[3], 'changes', 1)
end
for page = 1, tonumber(issue[2]) do redis.call('ZADD', KEYS[2], now, ARGV[2] .. '.' .. page) end
if issue[3] ~= '1' then
  redis.call('ZADD', KEYS[2], ARGV[3] == 'cancelled' and now or math.max(now, tonumber(issue[4])), ARGV[2] .. '.plan')
end
return before
`,
  ['allow-oom'],
);

/**
 * Gives the issue new content. Rows not past their gate take it: what is claimed fails the gate and is claimed anew.
 *
 * KEYS issue digests due published
 * ARGV now id expectedRevision content contentHash, four of `publishedArguments`
 * → the new revision (also when this content has just become it: the question may come twice), 0 when somebody else
 * revised it meanwhile, -1 when it is cancelled, -2 when a row cannot count further, -3 when the newsletter's published
 * stories changed since they were read
 */
export const reviseScript = defineScript(`${prelude('operator')}${rememberPublished(6)}
local now = now_ms(ARGV[1])
local issue = redis.call('HMGET', KEYS[1], 'revision', 'control', 'pages', 'contentHash', 'startsAt')
if tonumber(issue[1]) == tonumber(ARGV[3]) + 1 and issue[4] == ARGV[5] then return tonumber(issue[1]) end
if issue[1] ~= ARGV[3] then return 0 end
if issue[2] == 'cancelled' then return -1 end
if tonumber(issue[1]) >= 255 then return -2 end
if is_outdated(KEYS[4]) then return -3 end
local revision = redis.call('HINCRBY', KEYS[1], 'revision', 1)
redis.call('HSET', KEYS[1], 'contentHash', ARGV[5], 'revisedAt', now)
redis.call('HSET', KEYS[2], revision, ARGV[4])
for page = 1, tonumber(issue[3]) do wake_by(KEYS[3], ARGV[2] .. '.' .. page, now) end
remember_published(KEYS[4], tonumber(issue[5]), now)
return revision
`);

/** Numbers preference sets of an issue. KEYS preferenceSets issue · ARGV key … → numbers, in order. */
export const numberSetsScript = defineScript(`
local numbers = {}
for position, key in ipairs(ARGV) do
  local number = redis.call('HGET', KEYS[1], 'set:' .. key)
  if not number then
    number = redis.call('HINCRBY', KEYS[1], 'next', 1)
    redis.call('HSET', KEYS[1], 'set:' .. key, number, 'number:' .. number, key)
  end
  numbers[position] = tonumber(number)
end
redis.call('PEXPIRE', KEYS[1], redis.call('HGET', KEYS[2], 'keptMs'))
return numbers
`);

/**
 * Looks at counts and due times at one moment: read one after the other they tell of things that never were.
 *
 * KEYS issue counts due · ARGV now id → `{claimed and committing, milliseconds until something is due (-1: never)}`
 */
export const outlookScript = defineScript(`${prelude('operator')}
local now = now_ms(ARGV[1])
local counts = redis.call('HMGET', KEYS[2], 'claimed', 'committing')
local due_at = math.huge
local function look(member)
  local score = redis.call('ZSCORE', KEYS[3], member)
  if score then due_at = math.min(due_at, tonumber(score)) end
end
look(ARGV[2] .. '.plan')
for page = 1, tonumber(redis.call('HGET', KEYS[1], 'pages') or 0) do look(ARGV[2] .. '.' .. page) end
local due_in = -1
if due_at < math.huge then due_in = math.max(0, due_at - now) end
return { (tonumber(counts[1]) or 0) + (tonumber(counts[2]) or 0), due_in }
`);
