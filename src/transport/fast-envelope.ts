/** The envelope as SMTP commands. They are written to the socket as they are, so nothing gets in that could end one. */
import type { Envelope } from '../message/message.ts';
import { type FailedOutcome, notSent } from './failure.ts';

export interface EnvelopeCommands {
  /** Without CRLF. */
  readonly mail: string;
  readonly rcpt: string;
}

/**
 * @param size of the message in octets, to be declared (RFC 1870 §5); undefined where the relay does not ask
 * @returns the commands, or a refusal of class `message` when an address could not be written safely
 */
export function envelopeCommands(
  { from, to }: Envelope,
  size: number | undefined,
): EnvelopeCommands | FailedOutcome {
  // RFC 5321 §4.5.5: the null sender.
  if (from !== '' && !isSafeMailbox(from)) return notSent('mail', 553, '5.1.7', `sender ${shown(from)}`);
  if (!isSafeMailbox(to)) return notSent('rcpt', 553, '5.1.3', `recipient ${shown(to)}`);
  return { mail: `MAIL FROM:<${from}>${size === undefined ? '' : ` SIZE=${size}`}`, rcpt: `RCPT TO:<${to}>` };
}

/** Visible ASCII but `<` and `>`, no source route, at most what a path holds (RFC 5321 §4.5.3.1.3). */
export function isSafeMailbox(address: string): boolean {
  return address.length <= 254 && mailbox.test(address);
}

const mailbox = /^[!-;=?A-~][!-;=?-~]*@[!-;=?A-~]+$/;

function shown(address: string): string {
  return JSON.stringify(address.slice(0, 80)).replace(/[^\x20-\x7e]/g, '?');
}
