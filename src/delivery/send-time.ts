/** When each recipient's copy is to go: at the start, or at the reader's own hour. Pure. */
import { DateTime } from 'luxon';

/**
 * The first moment at or after the start at which it is that hour where the reader lives. On a day whose clocks skip
 * that hour it is the moment the clocks have moved to; where an hour comes twice, its first coming.
 * @param startsAt milliseconds since the epoch
 * @param hour 0–23, local
 * @returns epoch seconds, less than 25 hours after the start
 */
export function localSendTime(startsAt: number, timezone: string, hour: number): number {
  const there = DateTime.fromMillis(startsAt, { zone: timezone });
  // A zone that this Node does not know (its tables are older than the subscriber's) must not stop the plan.
  const start = there.isValid ? there : DateTime.fromMillis(startsAt, { zone: 'utc' });
  const today = start.set({ hour, minute: 0, second: 0, millisecond: 0 });
  const isNow = start.hour === hour;
  const target = isNow ? start : today < start ? today.plus({ days: 1 }).set({ hour }) : today;
  return Math.floor(target.toMillis() / 1000);
}
