/**
 * A message as a stream that keeps its end to itself until it is let go. SMTPConnection writes the final dot when the
 * stream ends, so the dot cannot leave before; a Transform in between would read ahead.
 */
import { Readable } from 'node:stream';

export interface HeldMessage {
  readonly stream: Readable;
  /** Lets the last octets and the end go. */
  release(): void;
}

/**
 * @param onBody called when the first octets are asked for: the relay has answered DATA
 * @param onHeld called when all but the last octets have been taken from the stream
 */
export function holdMessage(raw: Buffer, onBody: () => void, onHeld: () => void): HeldMessage {
  const cut = Math.max(0, raw.length - heldOctets);
  let next: 'body' | 'held' | 'nothing' = 'body';
  const stream = new Readable({
    // Asks for more only when what it has is gone.
    highWaterMark: 1,
    read() {
      if (next === 'body') {
        next = 'held';
        onBody();
        if (cut > 0) {
          this.push(raw.subarray(0, cut));
          return;
        }
      }
      if (next === 'held') {
        next = 'nothing';
        onHeld();
      }
    },
  });
  return {
    stream,
    release() {
      stream.push(raw.subarray(cut));
      stream.push(null);
    },
  };
}

/** Enough that a receiver that takes the end of a connection for the end of a message has none. */
const heldOctets = 256;
