import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quickDeaths, restartPause } from '../../src/supervisor/restart-pause.ts';

describe('the pause before a process is replaced', () => {
  it('is hardly any after steady work, however it ended', () => {
    for (const signal of ['SIGKILL', 'SIGSEGV', null] as const) {
      expect(restartPause(quickDeaths(7, { workedMs: 60_000 }), { signal })).toBeLessThanOrEqual(200);
    }
  });

  it('grows when deaths follow each other, up to half a minute', () => {
    const pauses: number[] = [];
    for (let quick = 0; pauses.length < 12; ) {
      quick = quickDeaths(quick, { workedMs: 10 });
      pauses.push(restartPause(quick, { signal: null }));
    }
    expect(pauses.slice(0, 5)).toEqual([200, 400, 800, 1600, 3200]);
    expect(pauses.at(-1)).toBe(30_000);
  });

  it('never keeps the place of one who was killed empty for more than two seconds', () => {
    fc.assert(fc.property(fc.nat(1_000), (quick) => restartPause(quick, { signal: 'SIGKILL' }) <= 2_000));
  });
});
