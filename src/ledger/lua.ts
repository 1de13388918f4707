/** What every ledger script begins with: time, rows, counts and the move table, generated from the TypeScript tables. */
import { rowFormat } from './row.ts';
import {
  canMove,
  type DeliveryState,
  deliveryStates,
  type MoveCause,
  reasonCode,
  reasons,
  stateCode,
} from './states.ts';

/** A Lua expression for the code of a state. */
const stateConstants = deliveryStates
  .map((state) => `local ${state.toUpperCase()} = ${stateCode(state)}`)
  .join('\n');

const reasonConstants = reasons
  .map((reason) => `local BECAUSE_${reason.toUpperCase().replaceAll('-', '_')} = ${reasonCode(reason)}`)
  .join('\n');

/** `{["from>to"]=true, …}` of all moves that this cause may make. */
function moveTable(cause: MoveCause): string {
  const pairs = deliveryStates.flatMap((from) =>
    deliveryStates
      .filter((to) => canMove(cause, from, to))
      .map((to: DeliveryState) => `['${stateCode(from)}>${stateCode(to)}'] = true`),
  );
  return `{ ${pairs.join(', ')} }`;
}

/**
 * The prelude of a script whose moves are all of one cause. `move` refuses any other: a script that tries an illegal
 * move fails as a whole, before it wrote anything of that row.
 */
export function prelude(cause: MoveCause): string {
  return `
${stateConstants}
${reasonConstants}
local STATE_NAMES = { ${deliveryStates.map((state) => `'${state}'`).join(', ')} }
local REASON_NAMES = { [0] = ${reasons.map((reason) => `'${reason}'`).join(', ')} }
local ROW_BYTES = 24
local LEGAL = ${moveTable(cause)}

-- Redis time in milliseconds; a test may give its own.
local function now_ms(given)
  local override = tonumber(given)
  if override > 0 then return override end
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function parse_row(bytes, offset)
  local row = {}
  row.sid, row.fence, row.send_at, row.turn_at, row.set, row.reply, row.state, row.attempts, row.revision, row.reason =
    struct.unpack('${rowFormat}', bytes, offset + 1)
  return row
end

local function read_row(page, index)
  local bytes = redis.call('GETRANGE', page, index * ROW_BYTES, (index + 1) * ROW_BYTES - 1)
  if #bytes ~= ROW_BYTES then return nil end
  return parse_row(bytes, 0)
end

local function pack_row(row)
  return struct.pack('${rowFormat}', row.sid, row.fence, row.send_at, row.turn_at, row.set, row.reply, row.state,
    row.attempts, row.revision, row.reason)
end

local function write_row(page, index, row)
  redis.call('SETRANGE', page, index * ROW_BYTES, pack_row(row))
end

local function add_counts(counts, from, to, from_reason, reason)
  redis.call('HINCRBY', counts, STATE_NAMES[from], -1)
  redis.call('HINCRBY', counts, STATE_NAMES[to], 1)
  if from == SKIPPED then redis.call('HINCRBY', counts, 'skipped:' .. REASON_NAMES[from_reason], -1) end
  if to == SKIPPED then redis.call('HINCRBY', counts, 'skipped:' .. REASON_NAMES[reason], 1) end
end

-- Changes state, reason, turn and counts of a row, and writes it. turn_ms: when it is due (planned, deferred), or now.
local function move(page, index, counts, row, to, reason, turn_ms)
  if not LEGAL[row.state .. '>' .. to] then
    error('illegal move from ' .. STATE_NAMES[row.state] .. ' to ' .. STATE_NAMES[to])
  end
  add_counts(counts, row.state, to, row.reason, reason)
  row.state = to
  row.reason = reason
  row.turn_at = math.ceil(turn_ms / 1000)
  write_row(page, index, row)
end

-- Makes sure the page is woken at that time or sooner.
local function wake_by(due, member, ms)
  redis.call('ZADD', due, 'LT', ms, member)
end

local function expiry(send_at, fresh_ms, ends_at)
  return math.min(send_at * 1000 + fresh_ms, ends_at)
end
`;
}
