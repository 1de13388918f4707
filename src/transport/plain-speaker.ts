/** Lets nodemailer speak: slower, and independent of its insides. */
import type { Wire } from './smtp-wire.ts';
import { leavesTransactionOpen, type Speaker } from './speaker.ts';
import { type TransactionSettings, transact } from './transaction.ts';

export function plainSpeaker(wire: Wire, settings: TransactionSettings): Speaker {
  return {
    path: 'plain',
    async send(message, gate) {
      const outcome = await transact(wire, message, gate, settings);
      if (leavesTransactionOpen(outcome) && wire.alive) await reset(wire);
      return outcome;
    },
    quit: () => wire.smtp.quit(),
  };
}

/** Best effort: a connection that cannot be reset is closed, so that it is not used again. */
function reset(wire: Wire): Promise<void> {
  return new Promise((resolve) => {
    const done = (failed: unknown): void => {
      wire.watch();
      if (failed) wire.destroy();
      resolve();
    };
    wire.watch(done);
    wire.dialogue.enter('data');
    wire.smtp.reset(done);
  });
}
