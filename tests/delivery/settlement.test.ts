import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reconnectDelayMs, retryDelayMs } from '../../src/delivery/retry-schedule.ts';
import { settlementOf } from '../../src/delivery/settlement.ts';
import { classify } from '../../src/transport/replies.ts';

const context = { attempts: 0, random: 0.5, waitMs: 45_000, isPastGate: false };
const minuteMs = 60_000;

describe('what an outcome means for the ledger', () => {
  it('defers a 4xx by the schedule and counts the attempt', () => {
    const refusal = classify('rcpt', '451 4.7.1 greylisted, try again');
    expect(settlementOf({ type: 'refused', refusal }, context)).toMatchObject({
      to: 'deferred',
      isAttempt: true,
      delayMs: 5 * minuteMs,
      reply: '451 4.7.1 greylisted, try again',
    });
  });

  it('does not count an attempt twice that the gate has counted', () => {
    const refusal = classify('dot', '451 4.3.0 later');
    expect(settlementOf({ type: 'refused', refusal }, { ...context, isPastGate: true })).toMatchObject({
      isAttempt: false,
    });
  });

  it('rejects a 5xx that is final', () => {
    const refusal = classify('rcpt', '550 5.1.1 no such user');
    expect(settlementOf({ type: 'refused', refusal }, context)).toMatchObject({
      to: 'rejected',
      reason: 'relay-refused',
    });
  });

  it('brings a copy that came too fast back within two minutes, five times; then by the schedule', () => {
    const refusal = classify('dot', '454 Throttling failure: Maximum sending rate exceeded.');
    const delayOf = (attempts: number) =>
      settlementOf({ type: 'refused', refusal }, { ...context, attempts })?.delayMs;
    expect([0, 4, 5].map(delayOf)).toEqual([90_000, 90_000, 240 * minuteMs]);
  });

  it('rejects at the fourth attempt what a provider refuses for what it thinks of us', () => {
    const refusal = classify('rcpt', '554 5.7.1 Message blocked as spam');
    const stateOf = (attempts: number) =>
      settlementOf({ type: 'refused', refusal }, { ...context, attempts })?.to;
    expect([0, 1, 2, 3].map(stateOf)).toEqual(['deferred', 'deferred', 'deferred', 'rejected']);
  });

  it('leaves the relay alone for a while after a broken connection, and counts no attempt', () => {
    const settlement = settlementOf({ type: 'broken', stage: 'data', error: new Error('reset') }, context);
    expect(settlement).toMatchObject({ to: 'deferred', delayMs: 45_000, reply: 'data: reset' });
    expect(settlement?.isAttempt).toBeUndefined();
  });

  it('names the unknowable', () => {
    expect(settlementOf({ type: 'unknown', error: new Error('gone') }, context)).toMatchObject({
      to: 'uncertain',
    });
  });

  it('settles nothing that the gate has moved', () => {
    expect(settlementOf({ type: 'withheld' }, context)).toBeNull();
  });
});

describe('waiting', () => {
  it('grows with the attempts, within a fifth of 5, 15, 30, 60 minutes, 2, 4, 8 hours', () => {
    const minutes = [5, 15, 30, 60, 120, 240, 480, 480];
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempts, random) => {
          const expected = (minutes[attempts - 1] ?? 0) * minuteMs;
          const delay = retryDelayMs(attempts, random);
          expect(delay).toBeGreaterThanOrEqual(0.8 * expected - 1);
          expect(delay).toBeLessThanOrEqual(1.2 * expected + 1);
        },
      ),
    );
  });

  it('for a relay that is away lies between 24 s and 5 min', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, random) => {
          const delay = reconnectDelayMs(failures, random);
          expect(delay).toBeGreaterThanOrEqual(24_000);
          expect(delay).toBeLessThanOrEqual(300_000);
        },
      ),
    );
  });
});
