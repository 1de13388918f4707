import { describe, expect, it } from 'vitest';
import { judge } from '../../src/chaos/judge.ts';

const copy = (to: string) => ({ to, messageId: `<${to}>`, at: 0 });
const row = (address: string, state: Parameters<typeof judge>[1][number]['state']) => ({ address, state });

describe('the verdict on a chaos run', () => {
  it('finds nothing where every copy is accounted for', () => {
    const rows = [row('a', 'accepted'), row('b', 'uncertain'), row('c', 'uncertain'), row('d', 'suppressed')];
    expect(judge(['a', 'b', 'c', 'd'], rows, [copy('a'), copy('b')])).toEqual({
      record: { copies: 2, recipients: 2 },
      duplicates: 0,
      lost: 0,
      denied: 0,
      uncertain: 2,
      uncertainArrived: 1,
    });
  });

  it('counts each copy beyond the first as a duplicate', () => {
    expect(judge(['a'], [row('a', 'accepted')], [copy('a'), copy('a'), copy('a')]).duplicates).toBe(2);
  });

  it('calls lost who has no row, whose copy is still open, and whose accepted copy never came', () => {
    const rows = [row('b', 'planned'), row('c', 'committing'), row('d', 'accepted')];
    expect(judge(['a', 'b', 'c', 'd'], rows, []).lost).toBe(4);
    expect(judge(['a', 'b'], [row('a', 'rejected'), row('b', 'expired')], []).lost).toBe(0);
  });

  it('notices a copy that the ledger denies', () => {
    expect(judge(['a'], [row('a', 'suppressed')], [copy('a')]).denied).toBe(1);
  });
});
