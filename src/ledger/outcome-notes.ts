/**
 * What relays said, on its way into the journal: the replies that come in one turn of the event loop are one write. It is
 * done before anything else happens, Redis told or not: while Redis is away nobody else knows what the relay said, and
 * it must outlive this process.
 */
import { toPaperboyError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Journal, JournalOutcome } from './journal.ts';

export interface OutcomeNotes {
  /** It is written at the end of this turn, or by `write`. */
  note(outcome: JournalOutcome): void;
  /** Writes what was noted. Call it before Redis is told any of it. */
  write(): void;
}

export function createOutcomeNotes({
  journal,
  log,
}: {
  readonly journal: Pick<Journal, 'append'>;
  readonly log: Logger;
}): OutcomeNotes {
  let noted: JournalOutcome[] = [];
  const write = (): void => {
    if (noted.length === 0) return;
    const outcomes = noted;
    noted = [];
    try {
      journal.append(outcomes);
    } catch (error) {
      // The rows are about to say the same; only the full replies are lost.
      const { message: reason } = toPaperboyError(error);
      log.error({ outcomes: outcomes.length, reason }, 'the journal cannot be written');
    }
  };
  return {
    note: (outcome) => {
      if (noted.length === 0) setImmediate(write);
      noted.push(outcome);
    },
    write,
  };
}
