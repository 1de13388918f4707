/** How long each part of an SMTP dialogue may take, in milliseconds (RFC 5321 §4.5.3.2 gives the longest). */
export interface SmtpTimeouts {
  /** DNS, TCP and, for smtps, TLS. */
  readonly connectMs: number;
  readonly greetingMs: number;
  /** For each of EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA and RSET. */
  readonly commandMs: number;
  /** Until the relay has taken all but the end of the body. */
  readonly bodyMs: number;
  /** From asking the gate until the dot is written; later it is not written any more. */
  readonly commitMs: number;
  /** For the reply to the dot. */
  readonly dotMs: number;
  /** For QUIT. */
  readonly quitMs: number;
}

export const defaultSmtpTimeouts: SmtpTimeouts = {
  connectMs: 10_000,
  greetingMs: 30_000,
  commandMs: 60_000,
  bodyMs: 60_000,
  commitMs: 30_000,
  dotMs: 600_000,
  quitMs: 1_000,
};
