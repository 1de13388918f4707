import { describe, expect, it } from 'vitest';
import { amendmentFor, type KnownCopy, learn } from '../../src/ledger/amend.ts';
import type { JournalEntry } from '../../src/ledger/journal.ts';
import type { Settlement } from '../../src/ledger/passage.ts';
import type { Row } from '../../src/ledger/row.ts';
import { canMove, deliveryStates } from '../../src/ledger/states.ts';
import { plannedRow } from '../helpers/ledger.ts';

const sentAt = Date.UTC(2026, 2, 2, 8);
const place = { issue: 'ai-daily-2026-03-02', page: 1, index: 0, sid: 1 };

/** Lines of a journal: an intent for each fence, and what came of it. */
function known(
  ...attempts: readonly (readonly [fence: number, to: Settlement['to'] | null])[]
): KnownCopy | undefined {
  const lines = attempts.flatMap(([fence, to], index): JournalEntry[] => [
    { ...place, fence, at: sentAt + index * 1_000, position: index },
    ...(to === null ? [] : [{ ...place, fence, settlement: { to }, reply: '', queueId: '' }]),
  ]);
  return lines.reduce<KnownCopy | undefined>(learn, undefined);
}

const row = (state: Row['state'], changes: Partial<Row> = {}) =>
  plannedRow(1, sentAt / 1000, { state, fence: 3, ...changes });

describe('what a journal knows', () => {
  it.each(deliveryStates)('of a copy that was accepted beats %s', (state) => {
    const amendment = amendmentFor(row(state), known([7, 'accepted']));
    expect(amendment).toEqual(state === 'accepted' ? null : { to: 'accepted', reason: 'none', fence: 7 });
    expect(state === 'accepted' || canMove('recovery', state, 'accepted')).toBe(true);
  });

  it('of an acceptance beats what it knows of later attempts', () => {
    expect(amendmentFor(row('planned'), known([7, 'accepted'], [8, null]))).toMatchObject({ to: 'accepted' });
  });

  it.each(['planned', 'claimed', 'committing', 'deferred'] as const)(
    'of a copy on its way makes %s uncertain, under the fence it was sent with',
    (state) => {
      const amendment = amendmentFor(row(state), known([7, null]));
      expect(amendment).toEqual({ to: 'uncertain', reason: 'worker-died', fence: 7 });
      expect(canMove('recovery', state, 'uncertain')).toBe(true);
    },
  );

  it('of a copy on its way says nothing against what the row tells of later', () => {
    const later = { turnAt: sentAt / 1000 + 60 };
    expect(amendmentFor(row('rejected', later), known([7, null]))).toBeNull();
    expect(amendmentFor(row('rejected', { turnAt: sentAt / 1000 - 60 }), known([7, null]))).not.toBeNull();
  });

  it('of a refusal or deferral changes nothing: nothing was delivered', () => {
    for (const to of ['rejected', 'deferred'] as const) {
      expect(amendmentFor(row('planned'), known([7, to]))).toBeNull();
      expect(amendmentFor(row('planned'), known([6, null], [7, to]))).toBeNull();
    }
  });

  it('of a copy on its way says nothing against an operator’s later retry', () => {
    const asked = { reason: 'retry-asked', turnAt: sentAt / 1000 + 60 } as const;
    expect(amendmentFor(row('planned', asked), known([7, 'uncertain']))).toBeNull();
    expect(
      amendmentFor(row('planned', { ...asked, turnAt: sentAt / 1000 - 60 }), known([7, null])),
    ).not.toBeNull();
  });

  it('of nothing changes nothing', () => {
    for (const state of deliveryStates) expect(amendmentFor(row(state), known())).toBeNull();
  });
});
