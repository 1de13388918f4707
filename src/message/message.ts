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
  /**
   * The same message as the stretches it was made of, the head whole in the first; many copies share the long ones.
   * Given only where no line begins with a dot (RFC 5321 §4.5.2) and the body is in DKIM's relaxed form as it stands
   * (RFC 6376 §3.4.4): who has it need not look through the message, nor join it. Absent: nothing is known.
   */
  readonly pieces?: readonly Buffer[];
}

/** @param pieces as in `Message` */
export function messageOfPieces(envelope: Envelope, messageId: string, pieces: readonly Buffer[]): Message {
  let joined: Buffer | undefined;
  return {
    envelope,
    messageId,
    pieces,
    get raw() {
      joined ??= Buffer.concat(pieces);
      return joined;
    },
  };
}

/** Octets of the whole message. */
export function sizeOf(message: Message): number {
  if (message.pieces === undefined) return message.raw.length;
  return message.pieces.reduce((octets, piece) => octets + piece.length, 0);
}
