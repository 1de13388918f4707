/** The RFC 5322 message of one delivery and its envelope: what a transport takes. */

/** RFC 5321 §2.3.1: MAIL FROM and RCPT TO. */
export interface Envelope {
  readonly from: string;
  readonly to: string;
}

export interface Message {
  readonly envelope: Envelope;
  /** With angle brackets, the same on every attempt of a delivery. */
  readonly messageId: string;
  /** The complete message: CRLF line ends, 7-bit, lines ≤ 998 octets, not dot-stuffed, ends with CRLF. */
  readonly raw: Buffer;
}
