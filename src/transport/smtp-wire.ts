/** An open SMTP connection of nodemailer's with a clock on it, and one place that hears when it is lost. */
import type { Socket } from 'node:net';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { type Dialogue, followDialogue } from './dialogue.ts';
import { type FailedOutcome, failureOf, type RelayError } from './failure.ts';
import { isLoopback, type Relay } from './relay-url.ts';
import type { SmtpTimeouts } from './smtp-timeouts.ts';

export interface Wire {
  readonly smtp: SMTPConnection;
  readonly dialogue: Dialogue;
  /** Throws when there is none yet: an open wire always has one. */
  readonly socket: Socket;
  /** False once lost, closed, or half-closed by the relay. */
  readonly alive: boolean;
  /**
   * Says who is told, at most once, that the connection is lost or a stage took too long; the connection is closed by
   * then. `overtime` is asked first, and gives the ms to go on waiting or undefined. Nobody: loss is only noted.
   */
  watch(onLost?: (error: RelayError) => void, overtime?: () => number | undefined): void;
  /** Closes it at once for this reason, and tells who watches. */
  lose(error: Error): void;
  /** At once, without QUIT. */
  destroy(): void;
}

export interface WireSettings {
  readonly relay: Relay;
  /** What we call ourselves in EHLO; undefined: nodemailer's choice. */
  readonly name: string | undefined;
  readonly timeouts: SmtpTimeouts;
}

/** @param onGone told once, when an opened connection is gone for whatever reason */
export async function openWire(settings: WireSettings, onGone: () => void): Promise<Wire | FailedOutcome> {
  const { relay, timeouts } = settings;
  const { connectMs, greetingMs, commandMs, bodyMs, dotMs } = timeouts;
  let alive = true;
  let opened = false;
  let lost: ((error: RelayError) => void) | undefined;
  let overtime: (() => number | undefined) | undefined;

  const lose = (error: RelayError): void => {
    const tell = lost;
    const wasAlive = alive;
    alive = false;
    lost = undefined;
    dialogue.stop();
    tell?.(error);
    if (wasAlive && opened) onGone();
  };
  const dialogue = followDialogue(
    {
      connect: connectMs,
      greeting: greetingMs,
      ehlo: commandMs,
      starttls: commandMs,
      auth: commandMs,
      mail: commandMs,
      rcpt: commandMs,
      data: commandMs,
      body: bodyMs,
      dot: dotMs,
    },
    (stage) => {
      const more = overtime?.();
      if (more !== undefined) return more;
      wire.lose(new Error(`no answer in time at ${stage}`));
      return undefined;
    },
  );
  const smtp = new SMTPConnection({ ...optionsOf(settings), logger: dialogue.logger, transactionLog: true });
  smtp.on('error', lose);
  // A 421 ends the connection before it fails the message: the message's own error comes first.
  smtp.on('end', () => queueMicrotask(() => lose(new Error('the connection was closed'))));

  const wire: Wire = {
    smtp,
    dialogue,
    get socket() {
      if (!smtp._socket) throw new Error('not connected');
      return smtp._socket;
    },
    get alive() {
      return alive && !smtp.destroyed && smtp._socket !== false && smtp._socket?.readyState === 'open';
    },
    watch(onLost, longer) {
      lost = onLost;
      overtime = longer;
      if (onLost === undefined) dialogue.rest();
    },
    lose(error) {
      lose(error);
      smtp.close();
    },
    destroy: () => smtp.close(),
  };

  const failure = await new Promise<FailedOutcome | undefined>((resolve) => {
    const fail = (error: RelayError): void => {
      const outcome = failureOf(error, dialogue, relay);
      wire.watch();
      smtp.close();
      resolve(outcome);
    };
    const settle = (error: RelayError | null | undefined): void => {
      if (error) fail(error);
      wire.watch();
      resolve(undefined);
    };
    wire.watch(fail);
    dialogue.enter('connect');
    smtp.connect((error) => {
      if (error || relay.credentials === undefined) return settle(error);
      dialogue.enter('auth');
      if (!smtp.allowsAuth) return fail(new Error('the relay offers no AUTH, but its URL names a user'));
      smtp.login({ user: relay.credentials.user, pass: relay.credentials.password }, settle);
    });
  });
  opened = failure === undefined;
  return failure ?? wire;
}

function optionsOf({ relay, name, timeouts }: WireSettings): SMTPConnection.Options {
  const { host, port, secure, credentials } = relay;
  const { connectMs, greetingMs, commandMs, bodyMs, commitMs, dotMs } = timeouts;
  // The dialogue's clock is the one that counts; nodemailer's own must never strike before it.
  const longest = connectMs + greetingMs + 4 * commandMs + bodyMs + commitMs + dotMs;
  return {
    host,
    port,
    secure,
    ...(name === undefined ? {} : { name }),
    // STARTTLS is used wherever it is offered; a password never goes out in the clear.
    requireTLS: credentials !== undefined && !secure && !isLoopback(host),
    tls: { rejectUnauthorized: !isLoopback(host), minVersion: 'TLSv1.2' },
    connectionTimeout: longest,
    greetingTimeout: longest,
    socketTimeout: longest,
    dnsTimeout: connectMs,
    // Closing must not flush what is queued: a tail may be in it.
    socketCloseTimeout: 0,
  };
}
