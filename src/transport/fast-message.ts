/** A message as it goes over the wire after DATA, in two parts: what may leave at once, and the end with its dot. */

import type { Message } from '../message/message.ts';

export interface CutMessage {
  /** In the order in which they are written; none when the message is short. */
  readonly body: readonly Buffer[];
  /** The last octets and the dot, so that letting a message go is one write. */
  readonly end: Buffer;
}

/** Copies nothing but the end, unless a line begins with a dot (RFC 5321 §4.5.2). */
export function cutMessage(message: Pick<Message, 'raw' | 'pieces'>): CutMessage {
  const body = [...(message.pieces ?? [isReady(message.raw) ? message.raw : stuffed(message.raw)])];
  const end: Buffer[] = [dotLine];
  let missing = heldOctets;
  while (missing > 0) {
    const last = body.pop();
    if (last === undefined) break;
    const cut = Math.max(0, last.length - missing);
    if (cut > 0) body.push(last.subarray(0, cut));
    end.unshift(last.subarray(cut));
    missing -= last.length;
  }
  return { body, end: Buffer.concat(end) };
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
  const { length } = raw;
  return (
    raw[length - 1] === 0x0a &&
    raw[length - 2] === 0x0d &&
    raw[0] !== dot &&
    raw.indexOf(dotAfterLf) < 0 &&
    raw.indexOf(dotAfterCr) < 0
  );
}

function stuffed(raw: Buffer): Buffer {
  const octets = raw.toString('latin1');
  const lines = /\r(?!\n)|(?<!\r)\n/.test(octets) ? octets.replace(/\r\n?|\n/g, '\r\n') : octets;
  const ended = lines.endsWith('\r\n') ? lines : `${lines}\r\n`;
  return Buffer.from(ended.replace(/(^|\r\n)\./g, '$1..'), 'latin1');
}
