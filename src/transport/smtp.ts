/** Transport over SMTP submission (RFC 5321, RFC 6409): nodemailer connects and speaks, we hold the dot. */
import type { Relay } from './relay-url.ts';
import { openSmtpConnection } from './smtp-connection.ts';
import { defaultSmtpTimeouts, type SmtpTimeouts } from './smtp-timeouts.ts';
import { type Connection, isConnection, type Transport } from './transport.ts';

export interface SmtpOptions {
  /** What we call ourselves in EHLO. Default: the machine's name where it is a full one. */
  readonly name?: string;
  /** A connection is not usable any more after so many messages. Default 500. */
  readonly messagesPerConnection?: number;
  readonly timeouts?: Partial<SmtpTimeouts>;
  /** A clock that never goes back, in ms. Default `performance.now`. */
  readonly monotonic?: () => number;
}

/** Every `connect` opens a connection of its own; how many there are is up to who calls it. */
export function createSmtpTransport(relay: Relay, options: SmtpOptions = {}): Transport {
  const settings = {
    relay,
    name: options.name,
    messagesPerConnection: options.messagesPerConnection ?? 500,
    timeouts: { ...defaultSmtpTimeouts, ...options.timeouts },
    monotonic: options.monotonic ?? (() => performance.now()),
  };
  const open = new Set<Connection>();
  let closed = false;
  return {
    name: relay.name,
    async connect() {
      if (closed) return { type: 'broken', stage: 'connect', error: new Error(`${relay.name} is closed`) };
      const opened = await openSmtpConnection(settings, (connection) => open.delete(connection));
      if (!isConnection(opened)) return opened;
      open.add(opened);
      if (closed) await opened.close();
      return opened;
    },
    async close() {
      closed = true;
      await Promise.all([...open].map((connection) => connection.close()));
    },
  };
}
