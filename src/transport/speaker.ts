/** What speaks SMTP over an open connection, one message at a time: nodemailer (plain) or we ourselves (fast). */

import type { Message } from '../message/message.ts';
import type { Gate, SendOutcome } from './transport.ts';

export type SmtpPath = 'fast' | 'plain';

export interface Speaker {
  readonly path: SmtpPath;
  /** Never rejects. Leaves the connection lost, or ready for the next message. */
  send(message: Message, gate: Gate): Promise<SendOutcome>;
  /** Says QUIT and calls back when the relay has answered it. */
  quit(onAnswer: () => void): void;
}

/** A refused recipient leaves the transaction open, and the next MAIL would be one too many (RFC 5321 §4.1.1.2). */
export function leavesTransactionOpen(outcome: SendOutcome): boolean {
  return outcome.type === 'refused' && (outcome.refusal.stage === 'rcpt' || outcome.refusal.stage === 'data');
}
