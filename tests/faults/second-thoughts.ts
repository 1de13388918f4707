/** What operators and readers do to an issue that has begun: retry, correct, move to another hour. */
import { setTimeout } from 'node:timers/promises';
import type { PaperboyError } from '../../src/core/errors.ts';
import { localSendTime } from '../../src/delivery/send-time.ts';
import { demandIssue } from '../../src/ledger/issues.ts';
import type { Row } from '../../src/ledger/row.ts';
import { keys } from '../../src/redis/keys.ts';
import { defineScript } from '../../src/redis/script.ts';
import { untilTaken } from './again.ts';
import type { Fault } from './faults.ts';
import { type FaultContext, momentMs, only, patienceMs, type Reader } from './run-context.ts';

export const zones = ['Europe/Berlin', 'Asia/Shanghai', 'America/New_York', 'UTC'] as const;

export const secondThoughts: readonly Fault[] = [
  {
    name: 'retry --rejected',
    kind: 'operator',
    deals: 2,
    act: async (run) => {
      const hit = run.pick(3 + Math.floor(run.random() * 6));
      for (const { address } of hit) run.facts.mayReject.add(address);
      // Final at once: what speaks of us is tried three times. Some are refused once more when they are tried again.
      await run.obey({
        at: 'rcpt',
        reply: '554 5.6.0 not this message',
        matching: only(hit, 'rcpt'),
        times: hit.length + Math.floor(run.random() * 3),
      });
      for (let times = 1 + Math.floor(run.random() * 3); times > 0; times--) {
        await untilSome(run, hit, 'rejected');
        await run.hold(momentMs);
        await run.strike();
        // Both operators at once: a copy is planned again once.
        await Promise.all([retry(run, 0, 'rejected'), retry(run, 1, 'rejected')]);
      }
    },
  },
  {
    name: 'retry --uncertain',
    kind: 'operator',
    deals: 1.5,
    cutsLines: true,
    act: async (run) => {
      const hit = run.pick(2 + Math.floor(run.random() * 4));
      const taken = run.random() < 0.5 ? { record: true } : {};
      await run.obey({ at: 'dot', drop: true, matching: only(hit, 'dot'), times: hit.length, ...taken });
      const uncertain = await untilSome(run, hit, 'uncertain');
      if (uncertain.length === 0) return;
      await run.hold(momentMs);
      await run.strike();
      const early = await retry(run, 1, 'uncertain');
      if (early > 0)
        run.facts.violations.add(`${early} uncertain copies were sent again before they had rested`);
      for (const { address } of await age(run, hit)) run.facts.sentAgain.add(address);
      await Promise.all([retry(run, 0, 'uncertain'), retry(run, 1, 'uncertain')]);
    },
  },
  {
    name: 'correct',
    kind: 'operator',
    deals: 1.5,
    act: async (run) => {
      await run.moment();
      await run.strike();
      await run.change('correct');
    },
  },
  {
    name: 'revise and correct',
    kind: 'operator',
    act: async (run) => {
      await run.moment();
      await run.strike();
      await run.change('revise');
      await run.moment();
      await run.strike();
      await run.change('correct');
    },
  },
  moving('zone and hour changed', false),
  moving('zone and hour changed amid --local-hour', true),
];

/** Readers move while the issue is planned and sent: each keeps the one row, at the old hour or the new. */
function moving(name: string, localHour: boolean): Fault {
  return {
    name,
    kind: 'operator',
    localHour,
    act: async (run) => {
      const some = run.pick(5 + Math.floor(run.random() * 20));
      const { subscribers } = run.rig.operators[1];
      const allowed = new Map<number, Set<number>>();
      const { startsAt } = await demandIssue(run.rig.ledger, run.issue);
      await run.strike();
      for (const [place, { sid, address }] of some.entries()) {
        // The first half while the issue is planned, the others amid the sending.
        if (place === Math.floor(some.length / 2)) {
          await run.moment();
          await run.strike();
        }
        const before = await subscribers.get(sid);
        const timezone = zones[Math.floor(run.random() * zones.length)] ?? 'UTC';
        const hour = Math.floor(run.random() * 24);
        await untilTaken(() => subscribers.changePreferences(sid, { timezone, hour }));
        if (before === null) continue;
        run.facts.moved.add(address);
        const times = [localSendTime(startsAt, before.timezone, before.hour)];
        allowed.set(sid, new Set([...times, localSendTime(startsAt, timezone, hour)]));
      }
      if (!localHour) return;
      await untilPlanned(run);
      const rows = await run.rows();
      for (const [sid, times] of allowed) {
        const row = rows.get(sid);
        if (row && !times.has(row.sendAt))
          run.facts.violations.add(`sid ${sid} is sent at an hour of nobody’s`);
      }
    },
  };
}

/** @returns how many were planned again; 0 as well when it was refused for a reason that is no mistake */
async function retry(run: FaultContext, operator: 0 | 1, state: 'rejected' | 'uncertain'): Promise<number> {
  const { product, operators } = run.rig;
  try {
    const { ledger } = operators[operator];
    const { planned } = await untilTaken(() => product.control.retryIssue(ledger, run.issue, state));
    await untilTaken(() => product.sweep.wakeDue(operators[operator]));
    return planned;
  } catch (error) {
    const { code } = error as PaperboyError;
    if (code === 'retry-too-early' || code === 'issue-phase') return 0;
    throw error;
  }
}

/** Waits until one of them stands so, or nothing is open any more. */
export async function untilSome(
  run: FaultContext,
  readers: readonly Reader[],
  state: Row['state'],
): Promise<Reader[]> {
  for (const until = performance.now() + patienceMs; performance.now() < until; ) {
    const rows = await run.rows();
    const found = readers.filter(({ sid }) => rows.get(sid)?.state === state);
    if (found.length > 0 || (await run.isOver())) return found;
    await setTimeout(20);
  }
  return [];
}

async function untilPlanned(run: FaultContext): Promise<void> {
  for (const until = performance.now() + patienceMs; performance.now() < until; ) {
    if ((await demandIssue(run.rig.ledger, run.issue)).isPlanned) return;
    await setTimeout(20);
  }
}

/**
 * Lets the uncertain rows of these readers have been so for an hour. The fence is left as it is: who holds it still does.
 *
 * KEYS page · ARGV now(s) sid … → the sids whose rows were aged
 */
const ageScript = defineScript(`
local wanted, aged = {}, {}
for index = 2, #ARGV do wanted[tonumber(ARGV[index])] = true end
local bytes = redis.call('GET', KEYS[1]) or ''
for index = 0, #bytes / 24 - 1 do
  local at = index * 24
  local sid = struct.unpack('<I4', bytes, at + 1)
  if string.byte(bytes, at + 21) == 7 and wanted[sid] then
    redis.call('SETRANGE', KEYS[1], at + 12, struct.pack('<I4', tonumber(ARGV[1]) - 3600))
    aged[#aged + 1] = sid
  end
end
return aged
`);

async function age(run: FaultContext, readers: readonly Reader[]): Promise<Reader[]> {
  const { redis } = run.rig.redis;
  const [seconds] = await redis.time();
  const { pages } = await demandIssue(run.rig.ledger, run.issue);
  const aged = new Set<number>();
  for (let page = 1; page <= pages; page++) {
    const sids = readers.map(({ sid }) => sid);
    const found = await ageScript.run(redis, [keys.page(run.issue, page)], [Number(seconds), ...sids]);
    for (const sid of found as number[]) aged.add(sid);
  }
  return readers.filter(({ sid }) => aged.has(sid));
}
