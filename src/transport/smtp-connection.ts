/** One SMTP connection as the delivery sees it: opened, then one message at a time until it is used up or lost. */
import type { FailedOutcome } from './failure.ts';
import { openWire, type Wire, type WireSettings } from './smtp-wire.ts';
import { type TransactionSettings, transact } from './transaction.ts';
import type { Connection, SendOutcome } from './transport.ts';

export type SmtpSettings = WireSettings &
  TransactionSettings & {
    /** The connection is not usable any more after so many messages. */
    readonly messagesPerConnection: number;
  };

/** @param onGone told once, when an opened connection is gone for whatever reason */
export async function openSmtpConnection(
  settings: SmtpSettings,
  onGone: (connection: Connection) => void,
): Promise<Connection | FailedOutcome> {
  const opened = await openWire(settings, () => onGone(connection));
  if ('type' in opened) return opened;
  const connection = connectionOver(opened, settings);
  return connection;
}

function connectionOver(wire: Wire, settings: SmtpSettings): Connection {
  let sent = 0;
  let sending = false;
  let closing: Promise<void> | undefined;

  const deliver = async (...[message, gate]: Parameters<Connection['send']>): Promise<SendOutcome> => {
    sent += 1;
    const outcome = await transact(wire, message, gate, settings);
    if (outcome.type === 'refused' && needsReset.has(outcome.refusal.stage) && wire.alive) await reset(wire);
    return outcome;
  };

  return {
    get usable() {
      return closing === undefined && sent < settings.messagesPerConnection && wire.alive;
    },
    async send(message, gate) {
      if (sending || closing !== undefined || !wire.alive) {
        const state = sending ? 'sending another message' : 'closed';
        return { type: 'broken', stage: 'mail', error: new Error(`the connection is ${state}`) };
      }
      sending = true;
      try {
        return await deliver(message, gate);
      } finally {
        sending = false;
      }
    },
    close() {
      closing ??=
        sending || !wire.alive ? Promise.resolve(wire.destroy()) : quit(wire, settings.timeouts.quitMs);
      return closing;
    },
  };
}

/** A refused recipient leaves the transaction open, and the next MAIL would be one too many (RFC 5321 §4.1.1.2). */
const needsReset = new Set(['rcpt', 'data']);

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

function quit(wire: Wire, quitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      wire.destroy();
      resolve();
    };
    const timer = setTimeout(done, quitMs);
    wire.watch(done);
    wire.smtp.quit();
  });
}
