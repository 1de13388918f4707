/** A message as it goes over the wire, in two parts: what may leave at once, and the end that lets it go. */

import type { Message } from '../message/message.ts';
import type { EnvelopeStep } from './fast-open.ts';

export interface FramedMessage {
  /** What begins it. */
  readonly opening: EnvelopeStep;
  /** What follows once that is answered, in the order in which it is written. */
  readonly body: readonly Buffer[];
  /** The last octets with what ends the message, so that letting it go is one write. */
  readonly end: Buffer;
  /** Whether RSET makes the relay forget what it has of it; else only the end of the connection does. */
  readonly canBeReset: boolean;
}

/** `raw` of a message in pieces is not to be asked for: it would be joined for it. */
type Framed = Pick<Message, 'raw' | 'pieces'>;

/** DATA, the body, a dot. Copies nothing but the end, unless a line begins with a dot (RFC 5321 §4.5.2). */
export function frameWithDot(message: Framed): FramedMessage {
  const { body, end } = cut(message.pieces ?? [stuffed(message.raw)]);
  return {
    opening: { stage: 'data', command: 'DATA' },
    body,
    end: Buffer.concat([...end, dotLine]),
    canBeReset: false,
  };
}

/**
 * Two chunks (RFC 3030 §2), the first with the envelope: a round trip, a write and a reply fewer, and nothing need be
 * looked through for dots. Before the chunk that says LAST nothing is delivered, and RSET takes all back.
 */
export function frameInChunks(message: Framed): FramedMessage {
  const { body, end } = cut(message.pieces ?? [inLines(message.raw)]);
  return {
    opening: { stage: 'body', command: `BDAT ${octetsOf(body)}`, octets: body },
    body: [],
    end: Buffer.concat([Buffer.from(`BDAT ${octetsOf(end)} LAST\r\n`), ...end]),
    canBeReset: true,
  };
}

function cut(pieces: readonly Buffer[]): { body: Buffer[]; end: Buffer[] } {
  const body = [...pieces];
  const end: Buffer[] = [];
  let missing = heldOctets;
  while (missing > 0) {
    const last = body.pop();
    if (last === undefined) break;
    const at = Math.max(0, last.length - missing);
    if (at > 0) body.push(last.subarray(0, at));
    end.unshift(last.subarray(at));
    missing -= last.length;
  }
  return { body, end };
}

function octetsOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((octets, { length }) => octets + length, 0);
}

/** Enough that a receiver that takes the end of a connection for the end of a message has none. */
const heldOctets = 256;
const dotLine = Buffer.from('.\r\n');
const dot = 0x2e;
const dotAfterLf = Buffer.from('\n.');
const dotAfterCr = Buffer.from('\r.');

/**
 * Ends with CRLF and has no dot behind any kind of line end: a relay that takes a bare LF or CR for one could be told
 * the message is over, and the rest would be commands to it.
 */
function isReady(raw: Buffer): boolean {
  return endsLine(raw) && raw[0] !== dot && raw.indexOf(dotAfterLf) < 0 && raw.indexOf(dotAfterCr) < 0;
}

function endsLine(raw: Buffer): boolean {
  return raw.at(-1) === 0x0a && raw.at(-2) === 0x0d;
}

function stuffed(raw: Buffer): Buffer {
  if (isReady(raw)) return raw;
  const lines = inLines(raw).toString('latin1');
  return Buffer.from(lines.replace(/(^|\r\n)\./g, '$1..'), 'latin1');
}

/** Every line ends with CRLF, the last one too. */
function inLines(raw: Buffer): Buffer {
  const octets = raw.toString('latin1');
  const isOdd = /\r(?!\n)|(?<!\r)\n/.test(octets);
  if (!isOdd && endsLine(raw)) return raw;
  const lines = isOdd ? octets.replace(/\r\n?|\n/g, '\r\n') : octets;
  return Buffer.from(lines.endsWith('\r\n') ? lines : `${lines}\r\n`, 'latin1');
}
