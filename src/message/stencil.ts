/**
 * A part's content in base64 (RFC 2045 §6.8), encoded once for all copies but for a recipient's few values. Base64 takes
 * three octets at a time, so what follows a value is kept in each of the three ways in which it can be cut.
 */
import { fill, type Piece, type SlotValues } from '../render/rendered-edition.ts';
import { base64Lines, type Chunk } from './body.ts';

/** Starts with static text encoded ahead of time; `end` is what follows the last of it. */
export interface Stencil {
  readonly stretches: readonly Stretch[];
  readonly end: readonly Piece[];
}

interface Stretch {
  /** Slots, and texts too short to be worth keeping, that stand before the static text; empty: nothing does. */
  readonly before: readonly Piece[];
  /** @param phase octets, 0 to 2, that stand before the static text and fill no group of three yet */
  readonly cut: (phase: number) => Cut;
}

interface Cut {
  /** Octets, 0 to 2, that fill the group begun before. */
  readonly head: Buffer;
  /** Whole groups, in lines. */
  readonly lines: Buffer;
  /** Octets, 0 to 2, that begin the next group. */
  readonly tail: Buffer;
}

const nothing = Buffer.alloc(0);

/** Encoding so few characters with the values around them costs no more than putting them in apart. */
const minLength = 256;

export function createStencil(pieces: readonly Piece[]): Stencil {
  const stretches: Stretch[] = [];
  let before: Piece[] = [];
  for (const piece of joined(pieces)) {
    if (typeof piece !== 'string' || piece.length < minLength) before.push(piece);
    else {
      stretches.push({ before, cut: createCut(Buffer.from(piece)) });
      before = [];
    }
  }
  return { stretches, end: before };
}

/**
 * The content with a recipient's values, as UTF-8 in lines of at most 76 columns, each closed by CRLF.
 * @param encode is applied to values only
 */
export function fillStencil(
  { stretches, end }: Stencil,
  values: SlotValues,
  encode?: (value: string) => string,
): Chunk[] {
  const chunks: Chunk[] = [];
  let tail: Buffer = nothing;
  for (const { before, cut } of stretches) {
    const filled = fill(before, values, encode);
    const octets = deskFor(filled);
    const size = tail.copy(octets) + octets.write(filled, tail.length);
    const { head, lines, tail: rest } = cut(size % 3);
    head.copy(octets, size);
    chunks.push(base64Lines(octets, size + head.length), lines);
    tail = rest;
  }
  const filled = fill(end, values, encode);
  const octets = deskFor(filled);
  chunks.push(base64Lines(octets, tail.copy(octets) + octets.write(filled, tail.length)));
  return chunks;
}

/** What stands around the long stretches is put together here: Buffers of its own were half of what a copy left behind. */
const desk = Buffer.allocUnsafe(32 * 1024);

/** Room for a text and what is left over before and behind it: UTF-8 takes three octets at most for a unit of UTF-16. */
function deskFor(text: string): Buffer {
  const most = 2 + 3 * text.length + 2;
  return most <= desk.length ? desk : Buffer.allocUnsafe(most);
}

/** Texts that follow each other become one: a character may be divided between them. */
function joined(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') result[result.length - 1] = last + piece;
    else result.push(piece);
  }
  return result;
}

/** Each of the three is made when it is first asked for: most stretches are only ever seen in one. */
function createCut(octets: Buffer): Stretch['cut'] {
  const cuts = new Map<number, Cut>();
  return (phase) => {
    const known = cuts.get(phase);
    if (known !== undefined) return known;
    const start = (3 - phase) % 3;
    const stop = octets.length - ((octets.length - start) % 3);
    const made = {
      head: octets.subarray(0, start),
      lines: Buffer.from(base64Lines(octets.subarray(start, stop)), 'latin1'),
      tail: octets.subarray(stop),
    };
    cuts.set(phase, made);
    return made;
  };
}
