import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAlarming } from '../../subscribers/bounce-alarm.ts';

describe('a lane', () => {
  it.each([
    [0, 0, false],
    [0, 19, false],
    [0, 20, true],
    [100, 19, false],
    [100, 20, true],
    [999, 20, true],
    [1000, 20, false],
    [1000, 21, true],
    [100_000, 2000, false],
    [100_000, 2001, true],
  ])('of %i copies with %i addresses gone is alarming: %s', (tried, hard, expected) => {
    expect(isAlarming({ tried, hard })).toBe(expected);
  });

  it('is alarming only from 20 on, and more so with every address that is gone', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(50_000), (tried, hard) => {
        const isOn = isAlarming({ tried, hard });
        if (hard < 20) expect(isOn).toBe(false);
        if (isOn) expect(isAlarming({ tried, hard: hard + 1 })).toBe(true);
        if (!isOn) expect(isAlarming({ tried: tried + 1, hard })).toBe(false);
      }),
    );
  });
});
