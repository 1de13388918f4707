/**
 * One limit, of a relay or of a lane, as the scripts see it: a rate in messages a second whose permits are slots in time,
 * reserved one after the other by all workers (GCRA).
 */
import { learningLua } from './learning-lua.ts';
import { limitRules } from './limit-rules.ts';

const rules = Object.entries(limitRules)
  .map(([name, value]) => `  ${name} = ${value},`)
  .join('\n');

export const limitLua = `
local RULES = {
${rules}
}

-- Redis time in milliseconds with its fraction; a test may give its own.
local function now_ms(given)
  local override = tonumber(given)
  if override > 0 then return override end
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
end

local NUMBERS = { 'rate', 'ceiling', 'slot_at', 'accepted', 'second_at', 'second_count', 'step_at', 'step_count', 'slowed_at',
  'mark_at', 'mark_count', 'last_at', 'last_count', 'base', 'held_until', 'holds', 'verdicts', 'verdicts_at',
  'verdicts_base', 'failures', 'opens', 'open_until', 'trial_until' }

-- configured: messages a second, 0 for none. measures: whether the limit is exact enough to be measured.
local function read_limit(key, configured, measures)
  local values = redis.call('HMGET', key, 'phase', 'reason', unpack(NUMBERS))
  local limit = { key = key, configured = configured, measures = measures, phase = values[1] or '', reason = values[2] or '' }
  for position, name in ipairs(NUMBERS) do limit[name] = tonumber(values[position + 2]) or 0 end
  return limit
end

local function write_limit(limit)
  local fields = { 'phase', limit.phase, 'reason', limit.reason }
  for _, name in ipairs(NUMBERS) do
    fields[#fields + 1] = name
    fields[#fields + 1] = limit[name]
  end
  redis.call('HSET', limit.key, unpack(fields))
  redis.call('PEXPIRE', limit.key, 86400000)
end

-- The rate that holds now; 0: none.
local function rate_of(limit)
  if limit.rate > 0 then return limit.rate end
  return limit.configured
end

local function capped(limit, rate)
  if limit.configured > 0 then return math.min(rate, limit.configured) end
  return rate
end
${learningLua}
-- When the next slot begins; not before now.
local function next_slot(limit, now)
  if rate_of(limit) == 0 then return now end
  return math.max(limit.slot_at, now)
end

-- How much later than now the next slot may be and still be reserved.
local function reach(limit)
  local rate = rate_of(limit)
  if rate == 0 then return RULES.aheadMs end
  return math.max(RULES.aheadMs, math.min(RULES.farthestMs, 1500 / rate))
end

-- Whether the limit is being measured, or is about to be.
local function is_counted(limit)
  return limit.phase == 'measure' or limit.phase == 'settle'
end

local function most_at_once(limit)
  local rate = rate_of(limit)
  if rate == 0 then return math.huge end
  local seconds = is_counted(limit) and RULES.measuredClaimSeconds or RULES.claimSeconds
  return math.max(1, math.floor(rate * seconds))
end

local function reserve(limit, now, copies)
  local rate = rate_of(limit)
  if rate == 0 then return end
  limit.slot_at = math.max(limit.slot_at, now - RULES.creditMs) + copies * 1000 / rate
end

local function give_back(limit, copies)
  local rate = rate_of(limit)
  if rate > 0 and copies > 0 then limit.slot_at = limit.slot_at - copies * 1000 / rate end
end
`;
