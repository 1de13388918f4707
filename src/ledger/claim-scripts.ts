/** The scripts that open and close a claim. Each checks the fence, takes Redis' own time, and changes row, counts and due time together. */
import { defineScript } from '../redis/script.ts';
import { prelude } from './lua.ts';

/**
 * Takes rows that are due, up to a limit; rows that must not go are settled on the way. Rows whose issue is paused, or
 * all while sending is halted, stay, but expire.
 *
 * Asked twice with one fence (a reply got lost, and the question was sent again) it gives the same rows again.
 *
 * KEYS page issue counts due incarnations claims blocked left halted positions confirmedRun
 * ARGV now member incarnation fence limit wakeMs revision worker
 * → `{'dead'}`, `{'unconfirmed'}` when the workers have still to find out what a restarted Redis remembers, or `{'ok',
 * packed rows of index (u16) + row (24 bytes), '1' if more are due, the worker's position}`
 */
export const claimScript = defineScript(`${prelude('claim')}
local now = now_ms(ARGV[1])
local member, incarnation, fence, limit = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
if limit > 0 and not redis.call('ZSCORE', KEYS[5], incarnation) then return { 'dead' } end
if limit > 0 and not is_confirmed(KEYS[11], KEYS[10]) then return { 'unconfirmed' } end
local issue = redis.call('HMGET', KEYS[2], 'control', 'endsAt', 'freshMs')
local control, ends_at, fresh_ms = issue[1], tonumber(issue[2]), tonumber(issue[3])
local paused, halted = control == 'paused', redis.call('EXISTS', KEYS[9]) == 1
local bytes = redis.call('GET', KEYS[1]) or ''
local taken, count, more, wake_at = {}, 0, false, math.huge
-- Of most rows only these few octets are looked at: a page is gone through once for each claim on it.
local due, turns, is_mixed = {}, {}, false
for index = 0, #bytes / ROW_BYTES - 1 do
  local at = index * ROW_BYTES
  local state = string.byte(bytes, at + 21)
  if state == CLAIMED and limit > 0 then
    if fence_of(bytes, at) == fence then
      count = count + 1
      taken[count] = struct.pack('<H', index) .. string.sub(bytes, at + 1, at + ROW_BYTES)
    end
  elseif state == PLANNED or state == DEFERRED then
    local send_at, turn_at = times_of(bytes, at)
    local expires = expiry(send_at, fresh_ms, ends_at)
    if control == 'cancelled' then
      move('claim', KEYS[1], index, KEYS[3], parse_row(bytes, at), CANCELLED, BECAUSE_NONE, now)
    elseif now >= expires then
      local row = parse_row(bytes, at)
      move('claim', KEYS[1], index, KEYS[3], row, EXPIRED, row.reason, now)
    elseif halted then
      -- The sweeper wakes nobody while sending is halted; once it is lifted the page must be due.
      wake_at = math.min(wake_at, now + tonumber(ARGV[6]))
    elseif paused then
      wake_at = math.min(wake_at, expires)
    elseif turn_at * 1000 > now then
      wake_at = math.min(wake_at, turn_at * 1000, expires)
    else
      due[#due + 1] = index
      turns[index] = turn_at
      if turn_at ~= turns[due[1]] then is_mixed = true end
    end
  end
end
-- Who has waited longest comes first: a copy that breaks its connection every time must not keep the others waiting.
if is_mixed then
  table.sort(due, function(one, other)
    if turns[one] ~= turns[other] then return turns[one] < turns[other] end
    return one < other
  end)
end
for _, index in ipairs(due) do
  if count < limit then
    local row = parse_row(bytes, index * ROW_BYTES)
    if redis.call('GETBIT', KEYS[7], row.sid) == 1 then
      move('claim', KEYS[1], index, KEYS[3], row, SUPPRESSED, BECAUSE_BLOCKED, now)
    elseif redis.call('GETBIT', KEYS[8], row.sid) == 1 then
      move('claim', KEYS[1], index, KEYS[3], row, SKIPPED, BECAUSE_LEFT, now)
    else
      row.fence = fence
      -- What the worker is about to render, not what the issue has become meanwhile: the gate compares the two.
      row.revision = tonumber(ARGV[7])
      move('claim', KEYS[1], index, KEYS[3], row, CLAIMED, row.reason, now)
      count = count + 1
      taken[count] = struct.pack('<H', index) .. pack_row(row)
    end
  else
    more = true
    -- The worker that claims now comes back for these; should it not, the sweeper wakes the page then.
    wake_at = math.min(wake_at, now + tonumber(ARGV[6]))
    break
  end
end
if count > 0 then redis.call('HSET', KEYS[6], ARGV[4], member) end
if wake_at < math.huge then redis.call('ZADD', KEYS[4], wake_at, member) else redis.call('ZREM', KEYS[4], member) end
write_all()
return { 'ok', table.concat(taken), more and '1' or '0', step(KEYS[10], ARGV[8]) }
`);

/**
 * Closes a claim: rows that it still holds go back to planned (or to deferred, when delayMs is given); a row past its
 * gate without an outcome becomes uncertain. Closing a claim of another incarnation works only once that is dead.
 *
 * KEYS page counts due claims incarnations issue positions confirmedRun
 * ARGV now member fence incarnation closer deadAfterMs delayMs reason worker
 * → `alive` (or nobody knows yet what a restarted Redis remembers), or `{rows given back, the worker's position}`
 */
export const releaseScript = defineScript(
  `${prelude('release')}
local now = now_ms(ARGV[1])
local member, fence, incarnation, delay_ms = ARGV[2], tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[7])
local by_owner = ARGV[5] == incarnation
if not by_owner then
  local beat = redis.call('ZSCORE', KEYS[5], incarnation)
  if beat and math.abs(now - tonumber(beat)) < tonumber(ARGV[6]) then return 'alive' end
  if not is_confirmed(KEYS[8], KEYS[7]) then return 'alive' end
end
local issue = redis.call('HMGET', KEYS[6], 'endsAt', 'freshMs')
local bytes = redis.call('GET', KEYS[1]) or ''
local given = 0
for index = 0, #bytes / ROW_BYTES - 1 do
  local state = string.byte(bytes, index * ROW_BYTES + 21)
  if state == CLAIMED or state == COMMITTING then
    if fence_of(bytes, index * ROW_BYTES) == fence then
      local row = parse_row(bytes, index * ROW_BYTES)
      if state == COMMITTING then
        move('release', KEYS[1], index, KEYS[2], row, UNCERTAIN, by_owner and BECAUSE_CONNECTION_LOST or BECAUSE_WORKER_DIED, now)
      elseif delay_ms > 0 then
        local turn = now + delay_ms
        move('release', KEYS[1], index, KEYS[2], row, DEFERRED, tonumber(ARGV[8]), turn)
        wake_by(KEYS[3], member, math.min(turn, expiry(row.send_at, tonumber(issue[2]), tonumber(issue[1]))))
      else
        move('release', KEYS[1], index, KEYS[2], row, PLANNED, row.reason, now)
        wake_by(KEYS[3], member, now)
      end
      given = given + 1
    end
  end
end
redis.call('HDEL', KEYS[4], ARGV[3])
write_all()
return { given, step(KEYS[7], ARGV[9]) }
`,
  ['allow-oom'],
);
