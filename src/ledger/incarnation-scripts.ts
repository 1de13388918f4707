/** The scripts of worker lives: heartbeat, the dead, the sweeper's lease, and the waking of due pages. */
import { defineScript } from '../redis/script.ts';
import { prelude } from './lua.ts';

/**
 * KEYS incarnations · ARGV now incarnation isFirst
 * → 1, or 0 when the incarnation was declared dead meanwhile: it must stop and begin a new life
 */
export const heartbeatScript = defineScript(
  `${prelude('release')}
local now = now_ms(ARGV[1])
if ARGV[3] ~= '1' and not redis.call('ZSCORE', KEYS[1], ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now, ARGV[2])
return 1
`,
  ['allow-oom'],
);

/** KEYS incarnations · ARGV now deadAfterMs → incarnations whose heart has stopped */
export const deadScript = defineScript(`${prelude('release')}
local now, dead_after = now_ms(ARGV[1]), tonumber(ARGV[2])
local dead = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - dead_after)
-- A beat in the future is one from before the clock was set back; who lives beats again within a second.
for _, incarnation in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now + dead_after, '+inf')) do
  dead[#dead + 1] = incarnation
end
return dead
`);

/**
 * KEYS incarnations claims · ARGV now incarnation deadAfterMs (0: its own end)
 * → 1 when it is removed, 0 while it has claims open or its heart beats again
 */
export const buryScript = defineScript(
  `${prelude('release')}
if redis.call('HLEN', KEYS[2]) > 0 then return 0 end
local beat = redis.call('ZSCORE', KEYS[1], ARGV[2])
if beat and math.abs(now_ms(ARGV[1]) - tonumber(beat)) < tonumber(ARGV[3]) then return 0 end
redis.call('ZREM', KEYS[1], ARGV[2])
return 1
`,
  ['allow-oom'],
);

/**
 * Makes the unfinished plans of the newest issues due, those whose time has come.
 * KEYS due issues · ARGV now prefixOfIssueKeys
 */
export const hastenScript = defineScript(
  `${prelude('release')}
local now = now_ms(ARGV[1])
for _, id in ipairs(redis.call('ZREVRANGE', KEYS[2], 0, 99)) do
  local issue = redis.call('HMGET', ARGV[2] .. id, 'isPlanned', 'startsAt')
  if issue[1] == '0' and tonumber(issue[2]) <= now then redis.call('ZADD', KEYS[1], 'XX', 'LT', now, id .. '.plan') end
end
return 'ok'
`,
  ['allow-oom'],
);

/** KEYS sweeperLease · ARGV incarnation leaseMs → 1 for the one that may sweep now */
export const leaseScript = defineScript(
  `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`,
  ['allow-oom'],
);

/**
 * Takes pages (and plans) that are due and puts off their next wake-up, so that a wake-up that gets lost is repeated.
 *
 * KEYS due halted epoch · ARGV now limit againMs → the epoch, then members `<issue>.<page>` and `<issue>.plan`
 */
export const wakeScript = defineScript(
  `${prelude('release')}
if redis.call('EXISTS', KEYS[2]) == 1 then return { 0 } end
local now = now_ms(ARGV[1])
local members = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, tonumber(ARGV[2]))
if #members == 0 then return { 0 } end
for _, member in ipairs(members) do redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), member) end
table.insert(members, 1, redis.call('INCR', KEYS[3]))
return members
`,
  ['allow-oom'],
);
