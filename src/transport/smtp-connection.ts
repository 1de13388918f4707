/** One SMTP connection as the delivery sees it: opened, then one message at a time until it is used up or lost. */
import type { FailedOutcome } from './failure.ts';
import { takeOver } from './fast-line.ts';
import { type FastSettings, fastSpeaker } from './fast-speaker.ts';
import { plainSpeaker } from './plain-speaker.ts';
import { openWire, type Wire, type WireSettings } from './smtp-wire.ts';
import type { SmtpPath, Speaker } from './speaker.ts';
import type { Connection } from './transport.ts';

export type SmtpSettings = WireSettings &
  FastSettings & {
    readonly path: SmtpPath;
    /** The connection is not usable any more after so many messages. */
    readonly messagesPerConnection: number;
  };

export interface SmtpConnection extends Connection {
  /** The one taken: `plain` too where `fast` was asked for and could not be. */
  readonly path: SmtpPath;
}

/** @param onGone told once, when an opened connection is gone for whatever reason */
export async function openSmtpConnection(
  settings: SmtpSettings,
  onGone: (connection: Connection) => void,
): Promise<SmtpConnection | FailedOutcome> {
  const opened = await openWire(settings, () => onGone(connection));
  if ('type' in opened) return opened;
  const connection = connectionOver(opened, settings);
  return connection;
}

function connectionOver(wire: Wire, settings: SmtpSettings): SmtpConnection {
  const speaker = speakerFor(wire, settings);
  let sent = 0;
  let sending = false;
  let closing: Promise<void> | undefined;

  return {
    path: speaker.path,
    get usable() {
      return closing === undefined && sent < settings.messagesPerConnection && wire.alive;
    },
    async send(message, gate) {
      if (sending || closing !== undefined || !wire.alive) {
        const state = sending ? 'sending another message' : 'closed';
        return { type: 'broken', stage: 'mail', error: new Error(`the connection is ${state}`) };
      }
      sending = true;
      sent += 1;
      try {
        return await speaker.send(message, gate);
      } finally {
        sending = false;
      }
    },
    close() {
      closing ??=
        sending || !wire.alive
          ? Promise.resolve(wire.destroy())
          : quit(wire, speaker, settings.timeouts.quitMs);
      return closing;
    },
  };
}

function speakerFor(wire: Wire, settings: SmtpSettings): Speaker {
  const line = settings.path === 'fast' ? takeOver(wire) : undefined;
  return line === undefined ? plainSpeaker(wire, settings) : fastSpeaker(wire, line, settings);
}

function quit(wire: Wire, speaker: Speaker, quitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      wire.destroy();
      resolve();
    };
    const timer = setTimeout(done, quitMs);
    wire.watch(done);
    speaker.quit(done);
  });
}
