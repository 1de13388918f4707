/**
 * The scripts on the way of one copy: claim, gate, settle, release. Each checks the fence, takes Redis' own time, and
 * changes row, counts and due time together.
 */
import { defineScript } from '../redis/script.ts';
import { prelude } from './lua.ts';

/**
 * Takes rows that are due, up to a limit; rows that must not go are settled on the way. Rows whose issue is paused, or
 * all while sending is halted, stay, but expire.
 *
 * Asked twice with one fence (a reply got lost, and the question was sent again) it gives the same rows again.
 *
 * KEYS page issue counts due incarnations claims blocked left halted
 * ARGV now member incarnation fence limit wakeMs revision
 * → `{'dead'}`, or `{'ok', packed rows of index (u16) + row (24 bytes), '1' if more are due}`
 */
export const claimScript = defineScript(`${prelude('claim')}
local now = now_ms(ARGV[1])
local member, incarnation, fence, limit = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
if limit > 0 and not redis.call('ZSCORE', KEYS[5], incarnation) then return { 'dead' } end
local issue = redis.call('HMGET', KEYS[2], 'control', 'endsAt', 'freshMs')
local control, ends_at, fresh_ms = issue[1], tonumber(issue[2]), tonumber(issue[3])
local paused, halted = control == 'paused', redis.call('EXISTS', KEYS[9]) == 1
local bytes = redis.call('GET', KEYS[1]) or ''
local taken, count, more, wake_at = {}, 0, false, math.huge
local due, is_mixed = {}, false
for index = 0, #bytes / ROW_BYTES - 1 do
  local state = string.byte(bytes, index * ROW_BYTES + 21)
  if state == CLAIMED and limit > 0 then
    local row = parse_row(bytes, index * ROW_BYTES)
    if row.fence == fence then
      count = count + 1
      taken[count] = struct.pack('<H', index) .. pack_row(row)
    end
  elseif state == PLANNED or state == DEFERRED then
    local row = parse_row(bytes, index * ROW_BYTES)
    local expires = expiry(row.send_at, fresh_ms, ends_at)
    if control == 'cancelled' then
      move(KEYS[1], index, KEYS[3], row, CANCELLED, BECAUSE_NONE, now)
    elseif now >= expires then
      move(KEYS[1], index, KEYS[3], row, EXPIRED, row.reason, now)
    elseif halted then
      -- The sweeper wakes nobody while sending is halted; once it is lifted the page must be due.
      wake_at = math.min(wake_at, now + tonumber(ARGV[6]))
    elseif paused then
      wake_at = math.min(wake_at, expires)
    elseif row.turn_at * 1000 > now then
      wake_at = math.min(wake_at, row.turn_at * 1000, expires)
    elseif redis.call('GETBIT', KEYS[7], row.sid) == 1 then
      move(KEYS[1], index, KEYS[3], row, SUPPRESSED, BECAUSE_BLOCKED, now)
    elseif redis.call('GETBIT', KEYS[8], row.sid) == 1 then
      move(KEYS[1], index, KEYS[3], row, SKIPPED, BECAUSE_LEFT, now)
    else
      due[#due + 1] = { index = index, row = row }
      if row.turn_at ~= due[1].row.turn_at then is_mixed = true end
    end
  end
end
-- Who has waited longest comes first: a copy that breaks its connection every time must not keep the others waiting.
if is_mixed then
  table.sort(due, function(one, other)
    if one.row.turn_at ~= other.row.turn_at then return one.row.turn_at < other.row.turn_at end
    return one.index < other.index
  end)
end
for _, candidate in ipairs(due) do
  if count < limit then
    local row = candidate.row
    row.fence = fence
    -- What the worker is about to render, not what the issue has become meanwhile: the gate compares the two.
    row.revision = tonumber(ARGV[7])
    move(KEYS[1], candidate.index, KEYS[3], row, CLAIMED, row.reason, now)
    count = count + 1
    taken[count] = struct.pack('<H', candidate.index) .. pack_row(row)
  else
    more = true
    -- The worker that claims now comes back for these; should it not, the sweeper wakes the page then.
    wake_at = math.min(wake_at, now + tonumber(ARGV[6]))
    break
  end
end
if count > 0 then redis.call('HSET', KEYS[6], ARGV[4], member) end
if wake_at < math.huge then redis.call('ZADD', KEYS[4], wake_at, member) else redis.call('ZREM', KEYS[4], member) end
return { 'ok', table.concat(taken), more and '1' or '0' }
`);

/**
 * The gate: asked when the body is out and before the dot. Only this script lets a copy go.
 *
 * KEYS page issue counts due blocked left halted
 * ARGV now member index sid fence
 * → `go`, the name of the state the row went to instead, or `lost` when the fence is not ours any more
 */
export const gateScript = defineScript(`${prelude('gate')}
local now = now_ms(ARGV[1])
local index = tonumber(ARGV[3])
local row = read_row(KEYS[1], index)
if not row or row.sid ~= tonumber(ARGV[4]) or row.fence ~= tonumber(ARGV[5]) or row.state ~= CLAIMED then
  return 'lost'
end
local issue = redis.call('HMGET', KEYS[2], 'control', 'revision', 'endsAt', 'freshMs')
local function refuse(to, reason)
  move(KEYS[1], index, KEYS[3], row, to, reason, now)
  if to == PLANNED then wake_by(KEYS[4], ARGV[2], now) end
  return STATE_NAMES[to]
end
if issue[1] == 'cancelled' then return refuse(CANCELLED, BECAUSE_NONE) end
if now >= expiry(row.send_at, tonumber(issue[4]), tonumber(issue[3])) then return refuse(EXPIRED, BECAUSE_NONE) end
if redis.call('GETBIT', KEYS[5], row.sid) == 1 then return refuse(SUPPRESSED, BECAUSE_BLOCKED) end
if redis.call('GETBIT', KEYS[6], row.sid) == 1 then return refuse(SKIPPED, BECAUSE_LEFT) end
if issue[1] == 'paused' or redis.call('EXISTS', KEYS[7]) == 1 then return refuse(PLANNED, BECAUSE_NONE) end
if row.revision ~= tonumber(issue[2]) then return refuse(PLANNED, BECAUSE_NONE) end
row.attempts = math.min(row.attempts + 1, 255)
move(KEYS[1], index, KEYS[3], row, COMMITTING, BECAUSE_NONE, now)
return 'go'
`);

/**
 * Records what became of a copy. May run while Redis is full: what happened must be written down.
 *
 * KEYS page counts due replies throughput issue
 * ARGV now member index sid fence to delayMs reply reason attempt
 * → `ok`, `lost` when the fence is not ours any more, `illegal` when the row's state does not allow it, `stale` when a
 * copy is to be skipped for a revision that is not the any more
 */
export const settleScript = defineScript(
  `${prelude('settle')}
local now = now_ms(ARGV[1])
local index, to = tonumber(ARGV[3]), tonumber(ARGV[6])
local row = read_row(KEYS[1], index)
if not row or row.sid ~= tonumber(ARGV[4]) or row.fence ~= tonumber(ARGV[5]) then return 'lost' end
if not LEGAL[row.state .. '>' .. to] then return 'illegal' end
local issue = redis.call('HMGET', KEYS[6], 'revision', 'endsAt', 'freshMs', 'keptMs')
if to == SKIPPED and row.revision ~= tonumber(issue[1]) then return 'stale' end
local function reply_number(text)
  if text == '' then return 0 end
  local known = redis.call('HGET', KEYS[4], 'text:' .. text)
  if known then return tonumber(known) end
  -- A relay that never says the same twice must not fill the table: later replies are kept in the log alone.
  if redis.call('HLEN', KEYS[4]) >= 8192 then return 0 end
  local number = redis.call('HINCRBY', KEYS[4], 'next', 1)
  redis.call('HSET', KEYS[4], 'text:' .. text, number, 'number:' .. number, text)
  redis.call('PEXPIRE', KEYS[4], issue[4])
  return number
end
row.reply = reply_number(ARGV[8])
if ARGV[10] == '1' then row.attempts = math.min(row.attempts + 1, 255) end
local turn = now
if to == DEFERRED then turn = now + tonumber(ARGV[7]) end
move(KEYS[1], index, KEYS[2], row, to, tonumber(ARGV[9]), turn)
if to == DEFERRED then
  wake_by(KEYS[3], ARGV[2], math.min(turn, expiry(row.send_at, tonumber(issue[3]), tonumber(issue[2]))))
end
if to == ACCEPTED then
  redis.call('HINCRBY', KEYS[5], math.floor(now / 1000), 1)
  redis.call('EXPIRE', KEYS[5], 600)
end
return 'ok'
`,
  ['allow-oom'],
);

/**
 * Closes a claim: rows that it still holds go back to planned (or to deferred, when delayMs is given); a row past its
 * gate without an outcome becomes uncertain. Closing a claim of another incarnation works only once that is dead.
 *
 * KEYS page counts due claims incarnations issue
 * ARGV now member fence incarnation closer deadAfterMs delayMs reason
 * → `alive`, or the number of rows given back
 */
export const releaseScript = defineScript(
  `${prelude('release')}
local now = now_ms(ARGV[1])
local member, fence, incarnation, delay_ms = ARGV[2], tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[7])
local by_owner = ARGV[5] == incarnation
if not by_owner then
  local beat = redis.call('ZSCORE', KEYS[5], incarnation)
  if beat and now - tonumber(beat) < tonumber(ARGV[6]) then return 'alive' end
end
local issue = redis.call('HMGET', KEYS[6], 'endsAt', 'freshMs')
local bytes = redis.call('GET', KEYS[1]) or ''
local given = 0
for index = 0, #bytes / ROW_BYTES - 1 do
  local state = string.byte(bytes, index * ROW_BYTES + 21)
  if state == CLAIMED or state == COMMITTING then
    local row = parse_row(bytes, index * ROW_BYTES)
    if row.fence == fence then
      if state == COMMITTING then
        move(KEYS[1], index, KEYS[2], row, UNCERTAIN, by_owner and BECAUSE_CONNECTION_LOST or BECAUSE_WORKER_DIED, now)
      elseif delay_ms > 0 then
        local turn = now + delay_ms
        move(KEYS[1], index, KEYS[2], row, DEFERRED, tonumber(ARGV[8]), turn)
        wake_by(KEYS[3], member, math.min(turn, expiry(row.send_at, tonumber(issue[2]), tonumber(issue[1]))))
      else
        move(KEYS[1], index, KEYS[2], row, PLANNED, row.reason, now)
        wake_by(KEYS[3], member, now)
      end
      given = given + 1
    end
  end
end
redis.call('HDEL', KEYS[4], ARGV[3])
return given
`,
  ['allow-oom'],
);
