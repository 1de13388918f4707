/** What an outcome of the dialogue means for the ledger. Pure. */
import type { Settlement } from '../ledger/passage.ts';
import type { SendOutcome } from '../transport/transport.ts';
import { retryDelayMs, tooFastDelayMs } from './retry-schedule.ts';

export interface SettlementContext {
  /** Attempts recorded before this one. */
  readonly attempts: number;
  /** In [0, 1). */
  readonly random: number;
  /** How long the relay is left alone after a failed connection. */
  readonly waitMs: number;
  /** Whether the gate had let this copy go. */
  readonly isPastGate: boolean;
}

/** Attempts before the one that makes a verdict on us final for this copy. */
const verdictAttempts = 3;

/** So many times a copy that came too fast comes back soon; whoever still refuses it then means something else. */
const rateAttempts = 5;

/** @returns null when there is nothing to settle: the gate itself moved the row */
export function settlementOf(outcome: SendOutcome, context: SettlementContext): Settlement | null {
  switch (outcome.type) {
    case 'accepted':
      return { to: 'accepted' };
    case 'withheld':
      return null;
    case 'unknown':
      return { to: 'uncertain', reason: 'connection-lost', reply: outcome.error.message };
    case 'broken':
      // Nothing was delivered, and the relay was not asked: the attempt does not count.
      return {
        to: 'deferred',
        reason: 'connection-failed',
        reply: `${outcome.stage}: ${outcome.error.message}`,
        delayMs: context.waitMs,
      };
    case 'refused': {
      const { action, reply, class: found } = outcome.refusal;
      const isAttempt = !context.isPastGate;
      if (action === 'reject') return { to: 'rejected', reason: 'relay-refused', reply, isAttempt };
      // Whoever thinks ill of us thinks so of the next attempt too; an operator may retry once that is mended.
      const isVerdict = found === 'reputation' || found === 'authentication';
      if (isVerdict && context.attempts >= verdictAttempts) {
        return { to: 'rejected', reason: 'relay-refused', reply, isAttempt };
      }
      const delayMs =
        found === 'rate' && context.attempts < rateAttempts
          ? tooFastDelayMs(context.random)
          : retryDelayMs(context.attempts + 1, context.random);
      return { to: 'deferred', reason: 'relay-refused', reply, isAttempt, delayMs };
    }
  }
}
