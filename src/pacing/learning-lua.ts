/**
 * How the rate of a limit follows what replies say (AIMD), as Lua for the scripts.
 *
 * A rate reply halves the rate. A lane grows back little by little. A relay whose limit is not known grows until it
 * refuses again; then the limit is measured: between two refusals for want of permits a relay accepts exactly what its
 * limit allows, whatever burst it grants. From then on that is the ceiling, and the relay has no more to refuse.
 */

export const learningLua = `
local function begin_step(limit, now)
  limit.step_at = now
  limit.step_count = limit.accepted
end

local function begin_mark(limit, now)
  limit.mark_at, limit.mark_count = now, limit.accepted
  limit.last_at, limit.last_count = now, limit.accepted
end

-- A relay's limit was found: from half of it the rate grows back, and the relay's burst refills meanwhile.
local function settle_ceiling(limit, now)
  local seconds = (limit.last_at - limit.mark_at) / 1000
  limit.ceiling = capped(limit, math.max(RULES.floor, RULES.safety * (limit.last_count - limit.mark_count) / seconds))
  limit.rate = limit.ceiling / 2
  limit.phase = ''
  limit.slowed_at = now
  begin_step(limit, now)
end

local function grow_searching(limit, now)
  local seconds = (now - limit.step_at) / 1000
  if seconds < 1 then return false end
  local used = (limit.accepted - limit.step_count) / seconds
  if used >= 0.6 * limit.rate then limit.rate = capped(limit, math.max(limit.rate * 1.5, used / 2)) end
  begin_step(limit, now)
  -- What is configured went well for a minute: it was no more than a moment's trouble.
  if limit.rate == limit.configured and now - limit.slowed_at >= 60000 then
    limit.rate = 0
    limit.phase = ''
    limit.reason = ''
  end
  return true
end

-- Claims are small from here on; larger ones from before, whose copies are counted late, must be through.
local function grow_settling(limit, now)
  if now - limit.mark_at >= 3 * RULES.settleMs then
    limit.phase = 'search'
    begin_step(limit, now)
    return true
  end
  if now - limit.step_at < 1000 then return false end
  limit.rate = math.max(limit.base, math.min(limit.rate, 1.2 * (limit.accepted - limit.step_count) * 1000 / (now - limit.step_at)))
  begin_step(limit, now)
  return true
end

local function grow_measuring(limit, now)
  local elapsed = now - limit.mark_at
  local counted = limit.last_count - limit.mark_count
  local enough = elapsed >= RULES.measureMs and counted >= RULES.leastMeasured
  if enough or elapsed >= RULES.longestMeasureMs then
    -- Refused up to the end: it was full all the time. Else the rate was no more than it allows.
    if counted > 0 and limit.last_at - limit.mark_at >= 0.6 * elapsed then
      settle_ceiling(limit, now)
    else
      limit.phase = 'search'
      begin_step(limit, now)
    end
    return true
  end
  if now - limit.step_at < 1000 then return false end
  local seconds = (limit.last_at - limit.mark_at) / 1000
  -- Just above what it takes, so that few are refused for this.
  if seconds >= 0.5 and counted >= 10 then limit.rate = capped(limit, 1.15 * counted / seconds) end
  begin_step(limit, now)
  return true
end

local function grow_steadily(limit, now)
  if now - limit.step_at < 250 then return false end
  local seconds = math.min((now - limit.step_at) / 1000, 2)
  if limit.measures then
    if limit.ceiling == 0 then return false end
    if now - limit.slowed_at >= RULES.tryAnewMs then
      limit.ceiling = limit.ceiling * 1.02
      limit.slowed_at = now
    end
    local top = capped(limit, limit.ceiling)
    if limit.rate >= top then return false end
    limit.rate = math.min(top, limit.rate + seconds * limit.ceiling / 8)
  else
    -- A minute brings back what one reply took. Without a configured rate, four times that is as good as free.
    limit.rate = limit.rate + seconds * limit.base / 60
    local top = limit.configured > 0 and limit.configured or 4 * limit.base
    if limit.rate >= top then
      limit.rate = 0
      limit.reason = ''
    end
  end
  begin_step(limit, now)
  return true
end

-- Lets the rate grow as time and success allow. Returns whether anything changed.
local function grow(limit, now)
  if limit.rate == 0 then return false end
  if limit.phase == 'search' then return grow_searching(limit, now) end
  if limit.phase == 'settle' then return grow_settling(limit, now) end
  if limit.phase == 'measure' then return grow_measuring(limit, now) end
  return grow_steadily(limit, now)
end

local function count_accepted(limit, copies, now)
  if now - limit.second_at >= 1000 then
    limit.second_at = now
    limit.second_count = limit.accepted
  end
  limit.accepted = limit.accepted + copies
end

-- What was accepted a second, of late.
local function recent_rate(limit, now)
  return (limit.accepted - limit.second_count) / math.max(1, (now - limit.second_at) / 1000)
end

local function halve(limit, now, rate)
  limit.rate = math.max(RULES.floor, rate / 2)
  limit.base = limit.rate
  limit.slowed_at = now
  limit.slot_at = math.max(limit.slot_at, now)
  begin_step(limit, now)
end

local function slow_relay(limit, now)
  limit.reason = 'rate'
  if limit.phase == 'measure' or limit.phase == 'settle' then
    -- Only the first refusal after a copy that was accepted says when the permits ran out, also of a relay that counts
    -- anew each second.
    if limit.accepted == limit.last_count then return end
    limit.last_at = now
    limit.last_count = limit.accepted
    if limit.phase == 'settle' and now - limit.mark_at >= RULES.settleMs then
      limit.phase = 'measure'
      begin_mark(limit, now)
    end
  elseif limit.rate == 0 then
    halve(limit, now, limit.configured > 0 and limit.configured or recent_rate(limit, now))
    limit.phase = 'search'
  elseif now - limit.slowed_at < RULES.graceMs then
    return
  elseif limit.phase == 'search' then
    if limit.rate > limit.base then
      limit.phase = 'settle'
      limit.rate = math.max(limit.base, limit.rate / 1.2)
      begin_mark(limit, now)
      begin_step(limit, now)
    else
      halve(limit, now, limit.rate)
    end
  elseif now - limit.slowed_at < 3 * RULES.graceMs then
    return
  elseif limit.ceiling > 0 and now - limit.slowed_at >= RULES.nearMs then
    limit.ceiling = limit.ceiling * RULES.correction
    halve(limit, now, limit.rate)
  else
    limit.ceiling = 0
    halve(limit, now, limit.rate)
    limit.phase = 'search'
  end
end

local function slow_lane(limit, now)
  if limit.held_until > now then return end
  limit.reason = 'rate'
  halve(limit, now, limit.rate > 0 and limit.rate or math.max(recent_rate(limit, now), limit.configured))
  limit.held_until = now + RULES.laneRestMs
end
`;
