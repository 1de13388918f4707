import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { localSendTime } from '../../src/delivery/send-time.ts';

const start = Date.parse('2026-03-02T08:30:00Z');
const at = (iso: string) => Date.parse(iso) / 1000;

describe("a reader's own hour", () => {
  it('is later today where it has not struck yet', () => {
    expect(localSendTime(start, 'America/New_York', 8)).toBe(at('2026-03-02T13:00:00Z'));
  });

  it('is tomorrow where it has passed', () => {
    expect(localSendTime(start, 'Asia/Shanghai', 7)).toBe(at('2026-03-02T23:00:00Z'));
  });

  it('is now while that hour lasts', () => {
    expect(localSendTime(start, 'Europe/London', 8)).toBe(start / 1000);
  });

  it('is the moment the clocks moved to where they skip it', () => {
    // In New York 2026-03-08 has no 2 o'clock.
    const before = Date.parse('2026-03-08T05:00:00Z');
    expect(localSendTime(before, 'America/New_York', 2)).toBe(at('2026-03-08T07:00:00Z'));
  });

  it('comes within 25 hours, at that hour, in any zone and at any time', () => {
    const zones = [
      'Asia/Shanghai',
      'America/New_York',
      'Europe/Berlin',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'UTC',
    ];
    fc.assert(
      fc.property(
        fc.integer({ min: Date.parse('2025-01-01'), max: Date.parse('2028-01-01') }),
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 23 }),
        (from, zone, hour) => {
          const time = localSendTime(from, zone, hour);
          const waited = time - Math.floor(from / 1000);
          expect(waited).toBeGreaterThanOrEqual(0);
          expect(waited).toBeLessThanOrEqual(25 * 3600);
          const local = DateTime.fromSeconds(time, { zone });
          const isSkippedHour = local.hour !== hour;
          if (isSkippedHour) expect(local.minus({ minutes: 1 }).offset).not.toBe(local.offset);
        },
      ),
    );
  });
});
