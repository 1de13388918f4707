/** Transport over SMTP submission (RFC 5321, RFC 6409): nodemailer connects, we hold the dot. */
import type { Relay } from './relay-url.ts';
import { openSmtpConnection } from './smtp-connection.ts';
import { defaultSmtpTimeouts, type SmtpTimeouts } from './smtp-timeouts.ts';
import type { SmtpPath } from './speaker.ts';
import { type Connection, isConnection, type Transport } from './transport.ts';

export interface SmtpOptions {
  /** Who speaks once the connection is open: we ourselves (`fast`, default) or nodemailer (`plain`). */
  readonly path?: SmtpPath;
  /** Whether messages go in chunks (RFC 3030) on the fast path where the relay offers it. Default true. */
  readonly chunking?: boolean;
  /** What we call ourselves in EHLO. Default: the machine's name where it is a full one. */
  readonly name?: string;
  /** A connection is not usable any more after so many messages. Default 500. */
  readonly messagesPerConnection?: number;
  readonly timeouts?: Partial<SmtpTimeouts>;
  /** A clock that never goes back, in ms. Default `performance.now`. */
  readonly monotonic?: () => number;
}

export interface SmtpTransport extends Transport {
  /** Of the connection opened last: `plain` too where nodemailer's insides did not let `fast` be taken. */
  readonly path: SmtpPath;
}

/** Every `connect` opens a connection of its own; how many there are is up to who calls it. */
export function createSmtpTransport(relay: Relay, options: SmtpOptions = {}): SmtpTransport {
  const settings = {
    relay,
    name: options.name,
    path: options.path ?? 'fast',
    chunking: { isOn: options.chunking ?? true },
    messagesPerConnection: options.messagesPerConnection ?? 500,
    timeouts: { ...defaultSmtpTimeouts, ...options.timeouts },
    monotonic: options.monotonic ?? (() => performance.now()),
  };
  const open = new Set<Connection>();
  let closed = false;
  let path = settings.path;
  return {
    name: relay.name,
    get path() {
      return path;
    },
    async connect() {
      if (closed) return { type: 'broken', stage: 'connect', error: new Error(`${relay.name} is closed`) };
      const opened = await openSmtpConnection(settings, (connection) => open.delete(connection));
      if (!isConnection(opened)) return opened;
      path = opened.path;
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
