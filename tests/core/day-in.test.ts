import { expect, it } from 'vitest';
import { dayIn } from '../../src/core/day-in.ts';

it('the day is that of the place, not of Greenwich', () => {
  const evening = Date.parse('2026-03-02T16:30:00Z');
  expect(dayIn('Asia/Shanghai', evening)).toBe('2026-03-03');
  expect(dayIn('UTC', evening)).toBe('2026-03-02');
  expect(dayIn('America/Los_Angeles', Date.parse('2026-03-02T07:30:00Z'))).toBe('2026-03-01');
});
