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

/** `{[from * 256 + to]=true, …}` of all moves that this cause may make: numbers, for which Lua makes no string. */
function moveTable(cause: MoveCause): string {
  const pairs = deliveryStates.flatMap((from) =>
    deliveryStates
      .filter((to) => canMove(cause, from, to))
      .map((to: DeliveryState) => `[${stateCode(from) * 256 + stateCode(to)}] = true`),
  );
  return `{ ${pairs.join(', ')} }`;
}

/**
 * The prelude of a script. `move` refuses what the table does not allow for the cause it is given: a script that tries
 * an illegal move fails as a whole, before it wrote anything of that row.
 *
 * Rows and counts are written when the script ends, by `write_all`: rows that stand side by side in one command, and a
 * count once, however many rows changed it. What a script writes is what Redis writes to its disk.
 */
export function prelude(...causes: readonly MoveCause[]): string {
  return `
${stateConstants}
${reasonConstants}
local STATE_NAMES = { ${deliveryStates.map((state) => `'${state}'`).join(', ')} }
local REASON_NAMES = { [0] = ${reasons.map((reason) => `'${reason}'`).join(', ')} }
local ROW_BYTES = 24
local LEGAL = { ${causes.map((cause) => `${cause} = ${moveTable(cause)}`).join(', ')} }

-- Redis time in milliseconds; a test may give its own.
local function now_ms(given)
  local override = tonumber(given)
  if override > 0 then return override end
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- Raises the number of writes that Redis has on record from a worker.
local function step(positions, worker)
  if worker == '' then return 0 end
  return redis.call('HINCRBY', positions, worker, 1)
end

local function server_run()
  return string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
end

-- Whether the workers have found that this server, since its start, remembers what it acknowledged before.
local function is_confirmed(confirmed_run, positions)
  return redis.call('EXISTS', positions) == 0 or redis.call('GET', confirmed_run) == server_run()
end

-- In one go: a table that grows field by field is laid out anew four times.
local function parse_row(bytes, offset)
  local sid, fence, send_at, turn_at, set, reply, state, attempts, revision, reason =
    struct.unpack('${rowFormat}', bytes, offset + 1)
  return { sid = sid, fence = fence, send_at = send_at, turn_at = turn_at, set = set, reply = reply, state = state,
    attempts = attempts, revision = revision, reason = reason }
end

-- Parts of a row, for who goes through many.
local function fence_of(bytes, offset) return (struct.unpack('<I4', bytes, offset + 5)) end
local function times_of(bytes, offset) return struct.unpack('<I4I4', bytes, offset + 9) end

local function pack_row(row)
  return struct.pack('${rowFormat}', row.sid, row.fence, row.send_at, row.turn_at, row.set, row.reply, row.state,
    row.attempts, row.revision, row.reason)
end

local pending = { rows = {}, counts = {} }

local function write_rows()
  if #pending.rows > 0 then
    redis.call('SETRANGE', pending.page, pending.first * ROW_BYTES, table.concat(pending.rows))
    pending.rows = {}
  end
end

local function read_row(page, index)
  local first = pending.first
  if pending.page == page and index >= first and index < first + #pending.rows then write_rows() end
  local bytes = redis.call('GETRANGE', page, index * ROW_BYTES, (index + 1) * ROW_BYTES - 1)
  if #bytes ~= ROW_BYTES then return nil end
  return parse_row(bytes, 0)
end

local function write_row(page, index, row)
  if pending.page ~= page or pending.first + #pending.rows ~= index then
    write_rows()
    pending.page, pending.first = page, index
  end
  pending.rows[#pending.rows + 1] = pack_row(row)
end

local function add_count(counts, field, by)
  pending.counts_key = counts
  pending.counts[field] = (pending.counts[field] or 0) + by
end

-- Writes what was moved; the last thing a script does before it answers.
local function write_all()
  write_rows()
  for field, by in pairs(pending.counts) do
    if by ~= 0 then redis.call('HINCRBY', pending.counts_key, field, by) end
  end
  pending.counts = {}
end

local function add_counts(counts, from, to, from_reason, reason)
  add_count(counts, STATE_NAMES[from], -1)
  add_count(counts, STATE_NAMES[to], 1)
  if from == SKIPPED then add_count(counts, 'skipped:' .. REASON_NAMES[from_reason], -1) end
  if to == SKIPPED then add_count(counts, 'skipped:' .. REASON_NAMES[reason], 1) end
end

-- Changes state, reason, turn and counts of a row. turn_ms: when it is due (planned, deferred), or now.
local function move(cause, page, index, counts, row, to, reason, turn_ms)
  if not LEGAL[cause][row.state * 256 + to] then
    write_all()
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
