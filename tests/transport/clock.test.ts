import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClock } from '../../src/transport/clock.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const clockThat = (...answers: (number | undefined)[]) => {
  const strikes: number[] = [];
  const clock = createClock(() => {
    strikes.push(performance.now() - begun);
    return answers.shift();
  });
  const begun = performance.now();
  return { clock, strikes };
};

describe('a clock', () => {
  it('strikes once, after the time it was wound for', () => {
    const { clock, strikes } = clockThat();
    clock.wind(100);
    vi.advanceTimersByTime(10_000);
    expect(strikes).toEqual([100]);
  });

  it('strikes later when it is wound for longer, and sooner when for less', () => {
    const { clock, strikes } = clockThat();
    clock.wind(100);
    vi.advanceTimersByTime(50);
    clock.wind(100);
    vi.advanceTimersByTime(60);
    expect(strikes).toEqual([]);
    clock.wind(10);
    vi.advanceTimersByTime(10_000);
    expect(strikes).toEqual([120]);
  });

  it('goes on for as long as it is told to when it strikes', () => {
    const { clock, strikes } = clockThat(30, undefined);
    clock.wind(100);
    vi.advanceTimersByTime(10_000);
    expect(strikes).toEqual([100, 130]);
  });

  it('does not strike at rest, and does again once it is wound', () => {
    const { clock, strikes } = clockThat();
    clock.wind(100);
    clock.rest();
    vi.advanceTimersByTime(1_000);
    clock.wind(500);
    clock.rest();
    clock.wind(200);
    vi.advanceTimersByTime(10_000);
    expect(strikes).toEqual([1_200]);
  });

  it('leaves no timer behind once it is stopped', () => {
    const { clock, strikes } = clockThat();
    clock.wind(100);
    clock.stop();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(strikes).toEqual([]);
  });

  it('sets one timer for many stages that follow each other', () => {
    const set = vi.spyOn(globalThis, 'setTimeout');
    const { clock } = clockThat();
    for (let stage = 0; stage < 100; stage++) {
      clock.wind(60_000);
      vi.advanceTimersByTime(1);
    }
    expect(set).toHaveBeenCalledTimes(1);
    set.mockRestore();
  });
});
