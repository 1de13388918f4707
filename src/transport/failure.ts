/** What an error of nodemailer's means as an outcome, for as long as the end of a message has not been let go. */
import type { Dialogue } from './dialogue.ts';
import type { Relay } from './relay-url.ts';
import { classify } from './replies.ts';
import type { Stage } from './stage.ts';
import type { SendOutcome } from './transport.ts';

/** The slice of nodemailer's errors that we read. */
export interface RelayError extends Error {
  readonly code?: string | undefined;
  /** The command it is about: `CONN`, `MAIL FROM`, `RCPT TO`, `DATA`, …; `API` when nothing was sent. */
  readonly command?: string | undefined;
  /** The reply, when there was one. */
  readonly response?: string | undefined;
  readonly responseCode?: number | undefined;
}

export type FailedOutcome = Extract<SendOutcome, { type: 'refused' | 'broken' }>;

export function failureOf(error: RelayError, dialogue: Dialogue, relay: Relay): FailedOutcome {
  const notSent = refusedByUs(error);
  if (notSent !== undefined) return notSent;
  const reply = refusalReplyOf(error);
  if (reply === undefined) {
    const safe = new Error(withoutSecrets(`${relay.name}: ${error.message}`, relay));
    return { type: 'broken', stage: dialogue.stage, error: safe };
  }
  const stage = stageOfCommand(error) ?? dialogue.answered;
  return { type: 'refused', refusal: classify(stage, withoutSecrets(reply, relay)) };
}

/** The reply behind an error, if it is a 4xx or 5xx; any other reply at the wrong place is a broken dialogue. */
export function refusalReplyOf({ response, responseCode = 0 }: RelayError): string | undefined {
  return response !== undefined && responseCode >= 400 && responseCode < 600 ? response : undefined;
}

/** A relay may echo the line it did not like, AUTH included. */
export function withoutSecrets(text: string, { credentials }: Relay): string {
  if (credentials === undefined) return text;
  const { user, password } = credentials;
  const secrets = [`\0${user}\0${password}`, password].flatMap((secret) => [
    Buffer.from(secret).toString('base64'),
    secret,
  ]);
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}

/** A message that we do not send at all, in the words a relay would use; no other relay would take it either. */
export function notSent(stage: Stage, code: number, enhanced: string, why: string): FailedOutcome {
  const reply = `${code} ${enhanced} not sent: ${why}`;
  return {
    type: 'refused',
    refusal: { stage, code, enhanced, reply, class: 'message', action: 'reject', suppress: false },
  };
}

/** With PIPELINING the refusal of a recipient is reported only when DATA has been answered too. */
function stageOfCommand({ command, code }: RelayError): Stage | undefined {
  if (command === 'MAIL FROM') return 'mail';
  if (command === 'RCPT TO') return 'rcpt';
  if (command === 'DATA' && code === 'EENVELOPE') return 'data';
  return undefined;
}

/** What nodemailer refuses to send at all. */
function refusedByUs({ command, code, response, message }: RelayError): FailedOutcome | undefined {
  if (response !== undefined) return undefined;
  if (command === 'API' && code === 'EENVELOPE') return notSent('rcpt', 553, '5.1.3', message);
  if (command === 'MAIL FROM' && code === 'EMESSAGE') return notSent('mail', 552, '5.3.4', message);
  return undefined;
}
