/** Planning rows again at an operator's word. */
import { keys } from '../redis/keys.ts';
import { defineScript } from '../redis/script.ts';
import type { Issue } from './issue.ts';
import { type LedgerDeps, pageMember, timeArgument } from './ledger.ts';
import { prelude } from './lua.ts';
import { type Reason, reasonCode, stateCode } from './states.ts';

export interface Replan {
  readonly state: 'rejected' | 'uncertain' | 'skipped';
  readonly reason?: Reason;
  /** Rows that came into their state later than this long ago are held back. */
  readonly olderThanMs: number;
  /** Only rows of these preference sets; absent: all. */
  readonly sets?: readonly number[];
  /** Rows of these claims belong to a living worker and are held back. */
  readonly livingFences: readonly number[];
}

export interface Replanned {
  readonly planned: number;
  readonly heldBack: number;
  readonly blocked: number;
}

/** Plans rows of a whole issue again, page by page; repeating it is harmless. */
export async function replanRows(deps: LedgerDeps, issue: Issue, replan: Replan): Promise<Replanned> {
  const total = { planned: 0, heldBack: 0, blocked: 0 };
  for (let page = 1; page <= issue.pages; page++) {
    const reply = await replanScript.run(
      deps.redis,
      [keys.page(issue.id, page), keys.counts(issue.id), keys.due, keys.blocked],
      [
        timeArgument(deps),
        pageMember(issue.id, page),
        stateCode(replan.state),
        replan.reason === undefined ? -1 : reasonCode(replan.reason),
        replan.olderThanMs,
        replan.sets?.join(',') ?? '',
        replan.livingFences.join(','),
      ],
    );
    const [planned, heldBack, blocked] = reply as [number, number, number];
    total.planned += planned;
    total.heldBack += heldBack;
    total.blocked += blocked;
  }
  return total;
}

/**
 * Plans rows of one state again, at an operator's word: rejected or uncertain ones on `retry`; skipped ones when a new
 * revision has stories for them. Never a blocked subscriber, never a row of a living incarnation.
 *
 * KEYS page counts due blocked
 * ARGV now member state reason olderThanMs setNumbers(,) livingFences(,)
 *   reason: only rows with this reason, -1 for any; setNumbers: only rows of these preference sets, empty for any
 * → `{planned again, held back because young or alive, held back because blocked}`
 */
const replanScript = defineScript(`${prelude('operator')}
local now = now_ms(ARGV[1])
local state, reason, before = tonumber(ARGV[3]), tonumber(ARGV[4]), now - tonumber(ARGV[5])
local sets, fences = nil, {}
if ARGV[6] ~= '' then
  sets = {}
  for number in string.gmatch(ARGV[6], '%d+') do sets[tonumber(number)] = true end
end
for fence in string.gmatch(ARGV[7], '%d+') do fences[tonumber(fence)] = true end
local bytes = redis.call('GET', KEYS[1]) or ''
local planned, young, blocked = 0, 0, 0
for index = 0, #bytes / ROW_BYTES - 1 do
  if string.byte(bytes, index * ROW_BYTES + 21) == state then
    local row = parse_row(bytes, index * ROW_BYTES)
    if (reason < 0 or row.reason == reason) and (sets == nil or sets[row.set]) then
      if row.turn_at * 1000 > before or fences[row.fence] then
        young = young + 1
      elseif redis.call('GETBIT', KEYS[4], row.sid) == 1 then
        blocked = blocked + 1
      else
        row.fence = 0
        row.reply = 0
        move('operator', KEYS[1], index, KEYS[2], row, PLANNED, BECAUSE_RETRY_ASKED, math.max(now, row.send_at * 1000))
        planned = planned + 1
      end
    end
  end
end
if planned > 0 then wake_by(KEYS[3], ARGV[2], now) end
write_all()
return { planned, young, blocked }
`);
