/** Freezing an issue's plan: the rows of a stretch of its audience, page by page. */
import { keys } from '../redis/keys.ts';
import { defineScript } from '../redis/script.ts';
import type { Issue } from './issue.ts';
import { type LedgerDeps, timeArgument } from './ledger.ts';
import { prelude } from './lua.ts';
import { encodeRows, type Row } from './row.ts';

export interface FrozenPage {
  /** Send time of all its rows, epoch seconds. */
  readonly wave: number;
  readonly lane: string;
  /** At most 500, sid ascending. */
  readonly rows: readonly Row[];
}

export interface Stretch {
  readonly issue: Issue;
  /** The sid at which the next stretch begins. */
  readonly nextSid: number;
  readonly isLast: boolean;
  readonly pages: readonly FrozenPage[];
}

/** Writes the rows of a stretch. @returns false when another planner or a revision came first: read the issue again */
export async function freezeStretch(deps: LedgerDeps, stretch: Stretch): Promise<boolean> {
  const { issue, pages } = stretch;
  const rows = pages.flatMap((page) => page.rows);
  const reply = await freezeScript.run(
    deps.redis,
    [
      keys.issue(issue.id),
      keys.counts(issue.id),
      keys.pages(issue.id),
      keys.due,
      ...pages.map((_, index) => keys.page(issue.id, issue.pages + index + 1)),
    ],
    [
      timeArgument(deps),
      issue.id,
      issue.planCursor,
      stretch.nextSid,
      stretch.isLast ? 1 : 0,
      rows.filter((row) => row.state === 'skipped').length,
      rows.filter((row) => row.state === 'suppressed').length,
      issue.revision,
      ...pages.flatMap((page) => [page.wave, page.lane, encodeRows(page.rows)]),
    ],
  );
  return reply === 'ok';
}

/**
 * Writes the rows of a stretch of sids and moves the plan's cursor; two planners can't both do the same stretch.
 *
 * KEYS issue counts pages due, then the page keys
 * ARGV now id expectedCursor newCursor isLast skippedNoStories suppressedForgotten expectedRevision, then for each
 * page: wave lane rows
 * → `ok`, or `moved` when another planner was here, or the issue was revised since the rows were made
 */
const freezeScript = defineScript(`${prelude('operator')}
local now = now_ms(ARGV[1])
local issue = redis.call('HMGET', KEYS[1], 'planCursor', 'isPlanned', 'pages', 'revision', 'control', 'keptMs')
if issue[1] ~= ARGV[3] or issue[2] == '1' or issue[4] ~= ARGV[8] then return 'moved' end
local pages = tonumber(issue[3])
for offset = 5, #KEYS do
  local at = 9 + (offset - 5) * 3
  local wave, lane, rows = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  pages = pages + 1
  redis.call('SET', KEYS[offset], rows, 'PX', issue[6])
  redis.call('HSET', KEYS[3], pages, wave .. ' ' .. lane .. ' ' .. (#rows / ROW_BYTES))
  -- What is frozen after a cancel is not to wait for its wave to be cancelled.
  local due = issue[5] == 'cancelled' and now or tonumber(wave) * 1000
  redis.call('ZADD', KEYS[4], due, ARGV[2] .. '.' .. pages)
end
redis.call('PEXPIRE', KEYS[3], issue[6])
redis.call('HSET', KEYS[1], 'planCursor', ARGV[4], 'pages', pages)
local skipped, forgotten = tonumber(ARGV[6]), tonumber(ARGV[7])
if skipped > 0 then
  redis.call('HINCRBY', KEYS[2], 'planned', -skipped)
  redis.call('HINCRBY', KEYS[2], 'skipped', skipped)
  redis.call('HINCRBY', KEYS[2], 'skipped:no-stories', skipped)
end
if forgotten > 0 then
  redis.call('HINCRBY', KEYS[2], 'planned', -forgotten)
  redis.call('HINCRBY', KEYS[2], 'suppressed', forgotten)
end
if ARGV[5] == '1' then
  redis.call('HSET', KEYS[1], 'isPlanned', 1)
  redis.call('ZREM', KEYS[4], ARGV[2] .. '.plan')
end
return 'ok'
`);
