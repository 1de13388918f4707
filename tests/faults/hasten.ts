/**
 * Makes what waits for a later time due now, so that a run takes seconds where a reader would wait for minutes. It
 * changes the due time of deferred rows and of later waves, and never wakes a page that the ledger itself would not wake some time: that a
 * page with open rows is in the due set, and soon enough, is what it checks on the way.
 */
import type { Issue } from '../../src/ledger/issue.ts';
import { type LedgerDeps, pageMember } from '../../src/ledger/ledger.ts';
import { keys } from '../../src/redis/keys.ts';
import { defineScript } from '../../src/redis/script.ts';

/**
 * KEYS page due issue halted · ARGV member hasten(0|1) → 0: well; 1: open rows and not in the due set; 2: woken too late
 */
const script = defineScript(`
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local bytes = redis.call('GET', KEYS[1]) or ''
local score = redis.call('ZSCORE', KEYS[2], ARGV[1])
local open, turn = false, math.huge
for index = 0, #bytes / 24 - 1 do
  local at = index * 24
  local state = string.byte(bytes, at + 21)
  if state == 1 or state == 5 then
    open = true
    turn = math.min(turn, struct.unpack('<I4', bytes, at + 13) * 1000)
    if ARGV[2] == '1' and struct.unpack('<I4', bytes, at + 13) > tonumber(time[1]) then redis.call('SETRANGE', KEYS[1], at + 12, struct.pack('<I4', time[1])) end
  end
end
if not open then return 0 end
if not score then return 1 end
if ARGV[2] == '1' then redis.call('ZADD', KEYS[2], 'XX', 'LT', now, ARGV[1]) end
local control = redis.call('HGET', KEYS[3], 'control')
if control ~= 'running' or redis.call('EXISTS', KEYS[4]) == 1 then return 0 end
if tonumber(score) > math.max(turn, now) + 31000 then return 2 end
return 0
`);

/** @returns what is wrong with the wake-ups of its pages */
export async function checkWakeUps(deps: LedgerDeps, issue: Issue, hasten: boolean): Promise<string[]> {
  const problems: string[] = [];
  for (let page = 1; page <= issue.pages; page++) {
    const member = pageMember(issue.id, page);
    const reply = await script.run(
      deps.redis,
      [keys.page(issue.id, page), keys.due, keys.issue(issue.id), keys.halted],
      [member, hasten ? 1 : 0],
    );
    if (reply === 1) problems.push(`I10 page ${page} has open rows and is never woken`);
    if (reply === 2) problems.push(`I10 page ${page} is woken long after its rows are due`);
  }
  if (hasten) await endHolds(deps);
  if (hasten && !issue.isPlanned) {
    await deps.redis.zadd(keys.due, 'XX', 'LT', Date.now(), `${issue.id}.plan`);
  }
  return problems;
}

/** Copies a second below which nobody is slowed for long: a run is not the place where rates are learnt. */
const slowest = 60;

/** Relays that are left alone, and lanes that are held, may be tried now; and those that were slowed grow back. */
async function endHolds({ redis }: LedgerDeps): Promise<void> {
  for (const field of await redis.hkeys(keys.paced)) {
    const [kind, id = ''] = field.split(' ');
    // A trial that its worker took with it is waited for a minute.
    const [key, holds] =
      kind === 'relay'
        ? [keys.pacedRelay(id), ['open_until', 0, 'trial_until', 0]]
        : [keys.pacedLane(id), ['held_until', 0]];
    const rate = Number(await redis.hget(key, 'rate'));
    const faster = rate > 0 && rate < slowest ? ['rate', slowest, 'slot_at', 0, 'phase', ''] : [];
    if ((await redis.exists(key)) === 1) await redis.hset(key, ...holds, ...faster);
  }
}
