/** The built-in SMTP server of the demo (RFC 5321): takes any mail for anybody and hands it to nobody. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { PaperboyError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { type InboxStore, openInboxStore } from './inbox-store.ts';
import type { Envelope } from './mail.ts';

/** A larger mail is refused with 552 (RFC 1870 §6.3). */
export const maxMailBytes = 25 * 1024 * 1024;

export interface InboxOptions {
  /** Where the mails last. */
  readonly folder: string;
  /** Default 127.0.0.1: the inbox takes anything, so it stays on this machine. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** How many mails are kept; default 10,000. */
  readonly limit?: number;
  readonly log: Logger;
}

export interface Inbox {
  readonly host: string;
  readonly port: number;
  /** `smtp://host:port`, as SMTP_URL takes it. */
  readonly url: string;
  readonly store: InboxStore;
  /** Takes no more mail; ends at once what connections are still open. */
  close(): Promise<void>;
}

/** @throws PaperboyError `port-in-use` */
export async function startInbox(options: InboxOptions): Promise<Inbox> {
  const { folder, host = '127.0.0.1', port = 0, log } = options;
  const store = await openInboxStore({ folder, ...(options.limit ? { limit: options.limit } : {}) });

  const receive = async (stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> => {
    const content = await readWhole(stream);
    if (content === null) throw refusal(552, `mail is larger than ${maxMailBytes} bytes`);
    await store.add(envelopeOf(session), content);
  };
  const server = new SMTPServer({
    banner: 'Paperboy inbox',
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    maxAllowedUnauthenticatedCommands: false,
    size: maxMailBytes,
    closeTimeout: 200,
    logger: false,
    onData(stream, session, reply) {
      receive(stream, session).then(
        () => reply(),
        (error: Error & { responseCode?: number }) => {
          log.warn({ reason: error.message }, 'the inbox did not take a mail');
          reply(error.responseCode ? error : refusal(452, 'mail could not be stored'));
        },
      );
    },
  });
  await listen(server, host, port);
  // A client that vanishes is its own affair; without a listener its socket error would end the process.
  server.on('error', (error: Error) =>
    log.debug({ reason: error.message }, 'a connection to the inbox broke'),
  );

  const bound = (server.server.address() as AddressInfo).port;
  return {
    host,
    port: bound,
    url: `smtp://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    store,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function listen(server: SMTPServer, host: string, port: number): Promise<void> {
  try {
    const listening = once(server.server, 'listening');
    server.on('error', () => {});
    server.listen(port, host);
    await listening;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new PaperboyError(
      'port-in-use',
      `port ${port} of ${host} is taken: the inbox cannot listen there`,
      {
        hint: 'Stop the other program or choose another port; 0 takes any free one.',
        cause,
      },
    );
  }
}

/** Null when it is too large; the rest is read and dropped, so that the sender can take the answer. */
async function readWhole(stream: SMTPServerDataStream): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    if (stream.sizeExceeded) chunks.length = 0;
    else chunks.push(chunk as Buffer);
  }
  return stream.sizeExceeded ? null : Buffer.concat(chunks);
}

function envelopeOf(session: SMTPServerSession): Envelope {
  const { mailFrom, rcptTo } = session.envelope;
  return { from: mailFrom ? mailFrom.address : '', to: rcptTo.map((recipient) => recipient.address) };
}

function refusal(responseCode: number, message: string): Error & { responseCode: number } {
  return Object.assign(new Error(message), { responseCode });
}
