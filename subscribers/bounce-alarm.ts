/**
 * When many addresses of a lane turn hard at once, it is the provider that errs, or we do: suppressions are held back
 * and someone is told. Copies are counted by lane and by the clock hour in which the relay was asked.
 */
import type { Redis } from 'ioredis';
import { keys } from '../src/redis/keys.ts';
import { defineScript } from '../src/redis/script.ts';

export interface LaneHour {
  /** Copies a relay has answered for. */
  readonly tried: number;
  /** Addresses that were said to be gone. */
  readonly hard: number;
}

/** Its counts are those of the hour that last fed it. */
export interface LaneAlarm extends LaneHour {
  readonly lane: string;
  /** Milliseconds since 1970: when it was raised, and when it was last fed. */
  readonly since: number;
  readonly last: number;
  /** How many suppressions it has held back. */
  readonly held: number;
  /** Whether it holds them back now: for an hour after it was last fed. */
  readonly isOn: boolean;
}

/** What is kept of an alarm. */
type Raised = Pick<LaneAlarm, 'since' | 'last' | 'tried' | 'hard'>;

/** More than 2 % of the copies, and at least 20. */
export function isAlarming({ tried, hard }: LaneHour): boolean {
  return hard >= leastHard && hard > tried * hardShare;
}

/** Copies of a lane that a relay answered for; in one call for many, since this is on the way of every copy. */
export async function countTried(redis: Redis, lane: string, copies: number, at: number): Promise<void> {
  if (copies === 0) return;
  await countScript.run(
    redis,
    [keys.laneHour(lane, hourOf(at)), keys.bounceAlarms],
    ['tried', copies, laneHourSeconds, lane],
  );
}

/**
 * One more address that was said to be gone.
 * @param at when the relay was asked; a report may come days later, and counts where its copy counted
 * @returns `off`: go on; `raised`: the alarm began with this one; `on`: it was on. But for `off`, nobody is suppressed
 */
export async function countHard(
  redis: Redis,
  lane: string,
  at: number,
  now: number,
): Promise<'off' | 'raised' | 'on'> {
  const [tried, hard, text] = (await countScript.run(
    redis,
    [keys.laneHour(lane, hourOf(at)), keys.bounceAlarms],
    ['hard', 1, laneHourSeconds, lane],
  )) as [string | null, string, string | null];
  const found = text ? (JSON.parse(text) as Raised) : null;
  const before = found !== null && now - found.last < hourMs ? found : null;
  const hour = { tried: Number(tried ?? 0), hard: Number(hard) };
  const isFed = isAlarming(hour);
  if (!isFed && before === null) return 'off';
  const fed: Raised = { ...hour, since: before?.since ?? now, last: now };
  const raised = isFed || before === null ? fed : before;
  await holdScript.run(
    redis,
    [keys.bounceAlarms],
    [lane, JSON.stringify(raised), heldField(lane), before === null ? 1 : 0, laneHourSeconds],
  );
  return before === null ? 'raised' : 'on';
}

/** Alarms of the last days, the latest first; what `status` and `doctor` show. */
export async function readAlarms(redis: Redis, now: number): Promise<LaneAlarm[]> {
  const fields = await redis.hgetall(keys.bounceAlarms);
  const lanes = Object.keys(fields).filter((field) => !field.endsWith(heldField('')));
  return lanes
    .map((lane) => {
      const raised = JSON.parse(fields[lane] ?? '') as Raised;
      return {
        lane,
        ...raised,
        held: Number(fields[heldField(lane)] ?? 0),
        isOn: now - raised.last < hourMs,
      };
    })
    .sort((one, other) => other.last - one.last);
}

const leastHard = 20;
const hardShare = 0.02;
const hourMs = 60 * 60_000;
/** Reports of a copy come for five days. */
const laneHourSeconds = 6 * 24 * 60 * 60;

function hourOf(at: number): number {
  return Math.floor(at / hourMs);
}

function heldField(lane: string): string {
  return `${lane} held`;
}

/**
 * KEYS lane hour, alarms
 * ARGV field number expirySeconds lane
 * → tried, hard, the lane's alarm
 */
const countScript = defineScript(
  `
redis.call('HINCRBY', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
local counts = redis.call('HMGET', KEYS[1], 'tried', 'hard')
return { counts[1], counts[2], redis.call('HGET', KEYS[2], ARGV[4]) }`,
  ['allow-oom'],
);

/**
 * KEYS alarms
 * ARGV lane alarm heldField isNew expirySeconds
 */
const holdScript = defineScript(
  `
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
if ARGV[4] == '1' then redis.call('HDEL', KEYS[1], ARGV[3]) end
redis.call('HINCRBY', KEYS[1], ARGV[3], 1)
redis.call('EXPIRE', KEYS[1], ARGV[5])`,
  ['allow-oom'],
);
