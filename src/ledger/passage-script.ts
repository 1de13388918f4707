/**
 * The script that copies pass on their way out: outcomes of those sent before, then gates for those whose body is out.
 * One call for all connections of a worker: what one call writes is one write to Redis' disk.
 */
import { defineScript } from '../redis/script.ts';
import { prelude } from './lua.ts';

/** For Lua's struct library: place of its page among the page keys (from 1), index, sid, fence. 12 bytes. */
export const gateFormat = '<HHI4I4';

/** As for a gate, then: state, reason, whether it counts as an attempt, a byte of nothing, reply text (0: none), delay in ms. 22 bytes. */
export const settleFormat = '<HHI4I4BBBBHI4';

/** What a gate or a settlement is answered with, a byte each; gates also answer with the code of the state a row went to. */
export const passageVerdicts = { lost: 0, ok: 100, illegal: 101, stale: 102 } as const;

/** Page keys come after this many others. */
const passageKeys = 10;

/**
 * Settlements first, whatever their issue's phase: what happened is written down. Then the gates: only they let a copy
 * go. May run while Redis is full: nothing here takes memory that a row has not had from the beginning.
 *
 * KEYS issue counts due replies throughput blocked left halted positions confirmedRun, then page keys
 * ARGV now settlements gates worker, then a member for each page, then reply texts
 * → `{verdicts of the settlements and of the gates, a byte each; the worker's position; now}`
 */
export const passageScript = defineScript(
  `${prelude('settle', 'gate')}
local now = now_ms(ARGV[1])
local settlements, gates = ARGV[2], ARGV[3]
local pages = #KEYS - ${passageKeys}
local function page_of(place) return KEYS[${passageKeys} + place], ARGV[4 + place] end
local issue = redis.call('HMGET', KEYS[1], 'control', 'revision', 'endsAt', 'freshMs', 'keptMs')
local control, revision, ends_at, fresh_ms = issue[1], tonumber(issue[2]), tonumber(issue[3]), tonumber(issue[4])
local accepted = 0

local function reply_number(text)
  local known = redis.call('HGET', KEYS[4], 'text:' .. text)
  if known then return tonumber(known) end
  -- A relay that never says the same twice must not fill the table: later replies are kept in the journal alone.
  if redis.call('HLEN', KEYS[4]) >= 8192 then return 0 end
  local number = redis.call('HINCRBY', KEYS[4], 'next', 1)
  redis.call('HSET', KEYS[4], 'text:' .. text, number, 'number:' .. number, text)
  redis.call('PEXPIRE', KEYS[4], issue[5])
  return number
end

local function settle(place, index, sid, fence, to, reason, is_attempt, _, reply, delay)
  local page, member = page_of(place)
  local row = read_row(page, index)
  if not row or row.sid ~= sid or row.fence ~= fence then return ${passageVerdicts.lost} end
  if not LEGAL.settle[row.state * 256 + to] then return ${passageVerdicts.illegal} end
  if to == SKIPPED and row.revision ~= revision then return ${passageVerdicts.stale} end
  row.reply = 0
  if reply > 0 then row.reply = reply_number(ARGV[4 + pages + reply]) end
  if is_attempt == 1 then row.attempts = math.min(row.attempts + 1, 255) end
  local turn = now
  if to == DEFERRED then turn = now + delay end
  move('settle', page, index, KEYS[2], row, to, reason, turn)
  if to == DEFERRED then wake_by(KEYS[3], member, math.min(turn, expiry(row.send_at, fresh_ms, ends_at))) end
  if to == ACCEPTED then accepted = accepted + 1 end
  return ${passageVerdicts.ok}
end

-- Until it is known what a restarted Redis remembers, a claim that is as it was proves nothing.
local remembers = #gates == 0 or is_confirmed(KEYS[10], KEYS[9])

local is_halted = nil
local function stopped()
  if is_halted == nil then is_halted = redis.call('EXISTS', KEYS[8]) == 1 end
  return control == 'paused' or is_halted
end

local function pass(place, index, sid, fence)
  local page, member = page_of(place)
  local row = read_row(page, index)
  if not row or row.sid ~= sid or row.fence ~= fence or row.state ~= CLAIMED then return ${passageVerdicts.lost} end
  if not remembers then return ${passageVerdicts.lost} end
  local function refuse(to, reason)
    move('gate', page, index, KEYS[2], row, to, reason, now)
    if to == PLANNED then wake_by(KEYS[3], member, now) end
    return to
  end
  if control == 'cancelled' then return refuse(CANCELLED, BECAUSE_NONE) end
  if now >= expiry(row.send_at, fresh_ms, ends_at) then return refuse(EXPIRED, BECAUSE_NONE) end
  if redis.call('GETBIT', KEYS[6], row.sid) == 1 then return refuse(SUPPRESSED, BECAUSE_BLOCKED) end
  if redis.call('GETBIT', KEYS[7], row.sid) == 1 then return refuse(SKIPPED, BECAUSE_LEFT) end
  if stopped() then return refuse(PLANNED, BECAUSE_NONE) end
  if row.revision ~= revision then return refuse(PLANNED, BECAUSE_NONE) end
  row.attempts = math.min(row.attempts + 1, 255)
  move('gate', page, index, KEYS[2], row, COMMITTING, BECAUSE_NONE, now)
  return COMMITTING
end

local verdicts = {}
for at = 1, #settlements, 22 do
  verdicts[#verdicts + 1] = string.char(settle(struct.unpack('${settleFormat}', settlements, at)))
end
for at = 1, #gates, 12 do
  verdicts[#verdicts + 1] = string.char(pass(struct.unpack('${gateFormat}', gates, at)))
end
write_all()
if accepted > 0 then
  redis.call('HINCRBY', KEYS[5], math.floor(now / 1000), accepted)
  redis.call('EXPIRE', KEYS[5], 600)
end
return { table.concat(verdicts), step(KEYS[9], ARGV[4]), now }
`,
  ['allow-oom'],
);
