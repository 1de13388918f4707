/** The scripts by which workers find out, after Redis was restarted, whether it remembers what it acknowledged. */
import { defineScript } from '../redis/script.ts';
import { prelude } from './lua.ts';
import { stateCode } from './states.ts';

/**
 * A worker says what it found. Once every living worker has, claiming goes on: at once when nothing was forgotten, else
 * when all have applied their journals. Workers that may still come back after a restart are waited for until the server
 * has been up for as long as makes a silent worker dead.
 *
 * KEYS confirmedRun rollCall incarnations positions · ARGV now worker found(whole|forgotten|applied) deadAfterMs preparedFor
 * → `{'confirmed'}`, `{'wait'}`, `{'again'}` (what was applied is void: another server has started since), `{'apply'}` (the journals), or `{'abandon', incarnation …}`: dead, and nobody has their
 * journal
 */
export const attendScript = defineScript(
  `${prelude('recovery')}
local now, worker, found, dead_after = now_ms(ARGV[1]), ARGV[2], ARGV[3], tonumber(ARGV[4])
local info = redis.call('INFO', 'server')
local run = string.match(info, 'run_id:(%x+)')
-- From the first attendance on there is something to remember.
redis.call('HSETNX', KEYS[4], worker, 0)
local is_young = tonumber(string.match(info, 'uptime_in_seconds:(%d+)')) * 1000 < dead_after
if found == 'forgotten' then
  redis.call('DEL', KEYS[1])
elseif redis.call('GET', KEYS[1]) == run then
  return { 'confirmed' }
end
-- Restarted since it looked: what it has to do first it has not done on this server.
if ARGV[5] ~= run then return { 'wait' } end
local is_void = false
if redis.call('HGET', KEYS[2], 'run') ~= run then
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[2], 'run', run)
  -- What was applied was told to a server that is gone, and perhaps forgotten with it.
  if found == 'applied' then is_void, found = true, 'forgotten' end
end
redis.call('HSET', KEYS[2], 'worker:' .. worker, found)
if found == 'forgotten' then redis.call('HSET', KEYS[2], 'forgotten', 1) end
redis.call('PEXPIRE', KEYS[2], 3600000)
if is_void then return { 'again' } end
local forgotten = redis.call('HEXISTS', KEYS[2], 'forgotten') == 1
local all_here, all_applied, abandoned = true, found == 'applied', { 'abandon' }
local incarnations = redis.call('ZRANGE', KEYS[3], 0, -1, 'WITHSCORES')
for at = 1, #incarnations, 2 do
  local name = string.match(incarnations[at], '^[^.]*')
  local other = redis.call('HGET', KEYS[2], 'worker:' .. name)
  -- A beat in the future is one from before the clock was set back.
  local is_alive = math.abs(now - tonumber(incarnations[at + 1])) < dead_after
  if not other and (is_alive or is_young) then all_here = false end
  if other ~= 'applied' and is_alive then all_applied = false end
  if not is_alive and redis.call('HEXISTS', KEYS[2], 'journal:' .. name) == 0 then
    abandoned[#abandoned + 1] = incarnations[at]
  end
end
if not all_here then return { 'wait' } end
if forgotten then
  if found ~= 'applied' then return { 'apply' } end
  if not all_applied then return { 'wait' } end
  if #abandoned > 1 then return abandoned end
end
redis.call('SET', KEYS[1], run)
redis.call('DEL', KEYS[2])
return { 'confirmed' }
`,
  ['allow-oom'],
);

/** KEYS confirmedRun → `` when the workers have found that this server remembers everything, else its run id */
export const confirmedScript = defineScript(
  `${prelude('recovery')}
local run = server_run()
return redis.call('GET', KEYS[1]) == run and '' or run
`,
  ['allow-oom'],
);

/** Raises positions to what journals know, which have been applied. KEYS positions rollCall · ARGV worker number … */
export const restorePositionsScript = defineScript(
  `
for at = 1, #ARGV, 2 do
  if tonumber(redis.call('HGET', KEYS[1], ARGV[at]) or 0) < tonumber(ARGV[at + 1]) then
    redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1])
  end
  redis.call('HSET', KEYS[2], 'journal:' .. ARGV[at], 1)
end
return 'ok'
`,
  ['allow-oom'],
);

/**
 * Brings rows to what a journal knows of them. A row that has changed since it was read is left alone.
 * An amendment: index (u16), the row as it was read (24 bytes), new state, reason (u8 each), fence (u32).
 *
 * KEYS page counts · ARGV now amendments → how many rows were amended
 */
export const amendScript = defineScript(
  `${prelude('recovery')}
local now = now_ms(ARGV[1])
local amended = 0
for at = 1, #ARGV[2], 32 do
  local index = struct.unpack('<H', ARGV[2], at)
  local to, reason, fence = struct.unpack('<BBI4', ARGV[2], at + 26)
  local row = read_row(KEYS[1], index)
  if row and pack_row(row) == string.sub(ARGV[2], at + 2, at + 25) then
    row.fence = fence
    row.attempts = math.max(row.attempts, 1)
    move('recovery', KEYS[1], index, KEYS[2], row, to, reason, now)
    amended = amended + 1
  end
end
write_all()
return amended
`,
  ['allow-oom'],
);

/**
 * Makes what a claim still holds uncertain: Redis forgot, and the journal that could tell is missing.
 *
 * KEYS page counts claims · ARGV now fence → rows made uncertain
 */
export const abandonScript = defineScript(
  `${prelude('recovery')}
local now, fence = now_ms(ARGV[1]), tonumber(ARGV[2])
local bytes = redis.call('GET', KEYS[1]) or ''
local abandoned = 0
for index = 0, #bytes / ROW_BYTES - 1 do
  local row = parse_row(bytes, index * ROW_BYTES)
  if row.fence == fence and (row.state == ${stateCode('claimed')} or row.state == ${stateCode('committing')}) then
    move('recovery', KEYS[1], index, KEYS[2], row, UNCERTAIN, BECAUSE_WORKER_DIED, now)
    abandoned = abandoned + 1
  end
end
write_all()
redis.call('HDEL', KEYS[3], ARGV[2])
return abandoned
`,
  ['allow-oom'],
);
