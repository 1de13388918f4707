/** Puts a compiled mail together: blocks that are shown, values of the edition, slots left for each recipient. */
import { PaperboyError } from '../core/errors.ts';
import type { Block, Part } from './marks.ts';
import type { Piece, SlotName } from './rendered-edition.ts';
import { escapeHtml, slotNames } from './rendered-edition.ts';

/**
 * @param shown keys of the blocks that are not left out
 * @param values by key, unescaped
 * @throws PaperboyError `template-invalid` for a place that is neither a slot nor among the values
 */
export function assemble(
  parts: readonly Part[],
  shown: ReadonlySet<string>,
  values: ReadonlyMap<string, string>,
): readonly Piece[] {
  return joined([...piecesOf(parts, shown, values)]);
}

/** Neighbouring texts become one piece: a recipient's copy is put together from few long stretches. */
export function joined(pieces: readonly Piece[]): readonly Piece[] {
  const result: Piece[] = [];
  let text = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') text += piece;
    else {
      if (text !== '') result.push(text);
      result.push(piece);
      text = '';
    }
  }
  if (text !== '') result.push(text);
  return result;
}

function* piecesOf(
  parts: readonly Part[],
  shown: ReadonlySet<string>,
  values: ReadonlyMap<string, string>,
): Generator<Piece> {
  for (const part of parts) {
    if (typeof part === 'string') yield part;
    else if ('value' in part) yield pieceFor(part.value, values);
    else if (part.block.startsWith(givenPrefix)) yield givenPiece(part, shown, values);
    else if (shown.has(part.block)) yield* piecesOf(part.parts, shown, values);
  }
}

/** A block `given.SLOT` is shown in the copies of those who have the value: that is decided when a copy is filled. */
export const givenPrefix = 'given.';

function givenPiece(
  { block, parts }: Block,
  shown: ReadonlySet<string>,
  values: ReadonlyMap<string, string>,
): Piece {
  const slot = block.slice(givenPrefix.length);
  if (!isSlotName(slot)) {
    throw new PaperboyError('template-invalid', `the mail template has a block “${block}”, but no such slot`);
  }
  return { given: slot, pieces: joined([...piecesOf(parts, shown, values)]) };
}

function pieceFor(key: string, values: ReadonlyMap<string, string>): Piece {
  if (isSlotName(key)) return { slot: key };
  const value = values.get(key);
  if (value !== undefined) return escapeHtml(value);
  throw new PaperboyError('template-invalid', `the mail template asks for “${key}”, which no edition has`);
}

export function isSlotName(key: string): key is SlotName {
  return (slotNames as readonly string[]).includes(key);
}
