/** The scripts of pacing: take permits before a claim, tell after it what came of them. One call each for a whole claim. */
import { defineScript } from '../redis/script.ts';
import { limitLua } from './limit-lua.ts';

const breakerRules = {
  /** So many failures with no success between them, of all workers, open a relay's breaker. */
  failures: 3,
  firstOpenMs: 30_000,
  longestOpenMs: 5 * 60_000,
  /** A trial whose worker died is forgotten after this. */
  trialMs: 60_000,
  /** While another's trial of the only relay is under way, it is asked for again after this. */
  trialPauseMs: 500,
} as const;

const verdictRules = {
  /** So many verdicts on us, and so large a share of what a lane answered, within the window: the lane is held. */
  least: 10,
  share: 0.2,
  windowMs: 10 * 60_000,
  firstHoldMs: 15 * 60_000,
  longestHoldMs: 2 * 3_600_000,
} as const;

/**
 * Picks the first relay that may be used and reserves slots of it and of the lane. Nothing is taken from one when the
 * other has nothing to give.
 *
 * KEYS lane relay…
 * ARGV now want laneRate, then for each relay its rate (messages a second, 0: none)
 * → `{relay (from 1; 0: none), copies, ms until the first slot or until asking again, ms between slots, lane is
 * limited (0|1), what stands in the way: '' lane relay rate, whether accepted copies
 * are to be noted at once (0|1)}`, all as text
 */
export const takeScript = defineScript(`${limitLua}
local now, want = now_ms(ARGV[1]), tonumber(ARGV[2])
local lane = read_limit(KEYS[1], tonumber(ARGV[3]), false)
local lane_changed = grow(lane, now)
local function answer(relay, copies, wait, spacing, what, is_noted)
  local is_limited = rate_of(lane) > 0 or lane.held_until > now
  return { tostring(relay), tostring(copies), string.format('%.3f', wait), string.format('%.3f', spacing),
    is_limited and '1' or '0', what, is_noted and '1' or '0' }
end
if lane.held_until > now then return answer(0, 0, lane.held_until - now, 0, 'lane') end
local relay, chosen, soonest, is_trial = nil, 0, math.huge, false
for position = 2, #KEYS do
  local candidate = read_limit(KEYS[position], tonumber(ARGV[position + 2]), true)
  if candidate.open_until > now then
    soonest = math.min(soonest, candidate.open_until)
  elseif candidate.opens > 0 and candidate.trial_until > now then
    soonest = math.min(soonest, now + ${breakerRules.trialPauseMs})
  else
    relay, chosen, is_trial = candidate, position - 1, candidate.opens > 0
    break
  end
end
if not relay then return answer(0, 0, soonest - now, 0, 'relay') end
local relay_changed = grow(relay, now)
local lane_in, relay_in = next_slot(lane, now) - now, next_slot(relay, now) - now
if lane_in > reach(lane) then return answer(0, 0, lane_in - reach(lane), 0, 'lane') end
if relay_in > reach(relay) then return answer(0, 0, relay_in - reach(relay), 0, 'rate') end
local copies = is_trial and 1 or math.min(want, most_at_once(lane), most_at_once(relay))
reserve(lane, now, copies)
reserve(relay, now, copies)
if is_trial then relay.trial_until = now + ${breakerRules.trialMs} end
if lane_changed or rate_of(lane) > 0 then write_limit(lane) end
if relay_changed or is_trial or rate_of(relay) > 0 then write_limit(relay) end
local rate = math.huge
if rate_of(lane) > 0 then rate = rate_of(lane) end
if rate_of(relay) > 0 then rate = math.min(rate, rate_of(relay)) end
return answer(chosen, copies, math.max(lane_in, relay_in), 1000 / rate, '', is_counted(relay))
`);

/**
 * What became of permits.
 *
 * KEYS lane relay paced
 * ARGV now laneRate relayRate accepted answered unused event random lane
 *   answered: whether the relay answered for any copy (0|1); event: nothing, or what a relay said or did: relay-rate lane-rate verdict unwell failed
 * → `{ms that the relay is left alone, ms that the lane is held, 1 if the lane was held by this}`, as text
 */
export const noteScript = defineScript(
  `${limitLua}
local now = now_ms(ARGV[1])
local accepted, is_answered, unused, event = tonumber(ARGV[4]), ARGV[5] == '1', tonumber(ARGV[6]), ARGV[7]
local lane = read_limit(KEYS[1], tonumber(ARGV[2]), false)
local relay = read_limit(KEYS[2], tonumber(ARGV[3]), true)
local is_held_now = false
give_back(lane, unused)
give_back(relay, unused)
if accepted > 0 then
  count_accepted(lane, accepted, now)
  count_accepted(relay, accepted, now)
end
-- What was on its way when the breaker opened does not close it.
if is_answered and relay.open_until <= now then
  relay.failures, relay.opens, relay.open_until, relay.trial_until = 0, 0, 0, 0
end
-- A trial that found no copy to send leaves its place to another.
if not is_answered and event == '' then relay.trial_until = 0 end
grow(lane, now)
grow(relay, now)
local function open()
  relay.opens = relay.opens + 1
  relay.failures = 0
  relay.trial_until = 0
  local ms = math.min(${breakerRules.firstOpenMs} * 2 ^ (relay.opens - 1), ${breakerRules.longestOpenMs})
  relay.open_until = now + ms * (1 - 0.2 * tonumber(ARGV[8]))
end
if event == 'relay-rate' then
  slow_relay(relay, now)
elseif event == 'lane-rate' then
  slow_lane(lane, now)
elseif event == 'verdict' then
  if now - lane.verdicts_at > ${verdictRules.windowMs} then
    lane.verdicts, lane.verdicts_at, lane.verdicts_base = 0, now, lane.accepted
  end
  lane.verdicts = lane.verdicts + 1
  local answered = lane.verdicts + lane.accepted - lane.verdicts_base
  if lane.held_until <= now and lane.verdicts >= ${verdictRules.least} and lane.verdicts >= ${verdictRules.share} * answered then
    lane.holds = lane.holds + 1
    lane.held_until = now + math.min(${verdictRules.firstHoldMs} * 2 ^ (lane.holds - 1), ${verdictRules.longestHoldMs})
    lane.reason = 'verdict'
    lane.verdicts = 0
    is_held_now = true
  end
elseif event == 'unwell' or event == 'failed' then
  -- Connections that fail together are one outage.
  if relay.open_until <= now then
    relay.failures = relay.failures + 1
    if event == 'unwell' or relay.opens > 0 or relay.failures >= ${breakerRules.failures} then open() end
  end
end
write_limit(lane)
write_limit(relay)
if event == 'lane-rate' or event == 'verdict' then redis.call('HSETNX', KEYS[3], 'lane ' .. ARGV[9], '{}') end
return { tostring(math.max(0, math.ceil(relay.open_until - now))), tostring(math.max(0, math.ceil(lane.held_until - now))),
  is_held_now and '1' or '0' }
`,
  ['allow-oom'],
);

/**
 * A permit out of so many, for a holder that renews it; those of the dead expire.
 *
 * KEYS permits · ARGV now holder most leaseMs → 1, or 0 when all are held
 */
export const permitScript = defineScript(`${limitLua}
local now = now_ms(ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if not redis.call('ZSCORE', KEYS[1], ARGV[2]) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[4]), ARGV[2])
redis.call('PEXPIRE', KEYS[1], 86400000)
return 1
`);

/** Renews permits of one holder that are still held. KEYS permits · ARGV now leaseMs holder… → those that were lost */
export const renewScript = defineScript(
  `${limitLua}
local until_at = now_ms(ARGV[1]) + tonumber(ARGV[2])
local lost = {}
for position = 3, #ARGV do
  if redis.call('ZSCORE', KEYS[1], ARGV[position]) then
    redis.call('ZADD', KEYS[1], until_at, ARGV[position])
  else
    lost[#lost + 1] = ARGV[position]
  end
end
return lost
`,
  ['allow-oom'],
);
