/** The scripts that make, fill and steer an issue: publish, freeze, control, revise, retry. */
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
 * Writes the rows of a stretch of sids and moves the plan's cursor; two planners can't both do the same stretch.
 *
 * KEYS issue counts pages due, then the page keys
 * ARGV now id expectedCursor newCursor isLast skippedNoStories suppressedForgotten expectedRevision, then for each
 * page: wave lane rows
 * → `ok`, or `moved` when another planner was here, or the issue was revised since the rows were made
 */
export const freezeScript = defineScript(`${prelude('operator')}
local now = now_ms(ARGV[1])
local issue = redis.call('HMGET', KEYS[1], 'planCursor', 'isPlanned', 'pages', 'revision', 'control', 'keptMs')
if issue[1] ~= ARGV[3] or issue[2] == '1' or issue[4] ~= ARGV[8] then return 'moved' end
local pages = tonumber(issue[3])
for offset = 5, #KEYS do
  local at = 9 + (offset - 5) * 3
  local wave, lane, rows = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  pages = pages + 1
  redis.call('SET', KEYS[offset], rows, 'PX', issue[6])
  redis.call('HSET', KEYS[3], pages, wave .. ' ' .. lane .. ' ' .. (#rows / ROW_BYTES))
  -- What is frozen after a cancel is not to wait for its wave to be cancelled.
  local due = issue[5] == 'cancelled' and now or tonumber(wave) * 1000
  redis.call('ZADD', KEYS[4], due, ARGV[2] .. '.' .. pages)
end
redis.call('PEXPIRE', KEYS[3], issue[6])
redis.call('HSET', KEYS[1], 'planCursor', ARGV[4], 'pages', pages)
local skipped, forgotten = tonumber(ARGV[6]), tonumber(ARGV[7])
if skipped > 0 then
  redis.call('HINCRBY', KEYS[2], 'planned', -skipped)
  redis.call('HINCRBY', KEYS[2], 'skipped', skipped)
  redis.call('HINCRBY', KEYS[2], 'skipped:no-stories', skipped)
end
if forgotten > 0 then
  redis.call('HINCRBY', KEYS[2], 'planned', -forgotten)
  redis.call('HINCRBY', KEYS[2], 'suppressed', forgotten)
end
if ARGV[5] == '1' then
  redis.call('HSET', KEYS[1], 'isPlanned', 1)
  redis.call('ZREM', KEYS[4], ARGV[2] .. '.plan')
end
return 'ok'
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

/**
 * Plans rows of one state again, at an operator's word: rejected or uncertain ones on \`retry\`; skipped ones when a new
 * revision has stories for them. Never a blocked subscriber, never a row of a living incarnation.
 *
 * KEYS page counts due blocked
 * ARGV now member state reason olderThanMs setNumbers(,) livingFences(,)
 *   reason: only rows with this reason, -1 for any; setNumbers: only rows of these preference sets, empty for any
 * → `{planned again, held back because young or alive, held back because blocked}`
 */
export const replanScript = defineScript(`${prelude('operator')}
local now = now_ms(ARGV[1])
local state, reason, before = tonumber(ARGV[3]), tonumber(ARGV[4]), now - tonumber(ARGV[5])
local sets, fences = nil, {}
if ARGV[6] ~= '' then
  sets = {}
  for number in string.gmatch(ARGV[6], '%d+') do sets[tonumber(number)] = true end
end
for fence in string.gmatch(ARGV[7], '%d+') do fences[tonumber(fence)] = true end
local bytes = redis.call('GET', KEYS[1]) or ''
local planned, young, blocked = 0, 0, 0
for index = 0, #bytes / ROW_BYTES - 1 do
  if string.byte(bytes, index * ROW_BYTES + 21) == state then
    local row = parse_row(bytes, index * ROW_BYTES)
    if (reason < 0 or row.reason == reason) and (sets == nil or sets[row.set]) then
      if row.turn_at * 1000 > before or fences[row.fence] then
        young = young + 1
      elseif redis.call('GETBIT', KEYS[4], row.sid) == 1 then
        blocked = blocked + 1
      else
        row.fence = 0
        row.reply = 0
        move('operator', KEYS[1], index, KEYS[2], row, PLANNED, BECAUSE_RETRY_ASKED, math.max(now, row.send_at * 1000))
        planned = planned + 1
      end
    end
  end
end
if planned > 0 then wake_by(KEYS[3], ARGV[2], now) end
write_all()
return { planned, young, blocked }
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
