/** How large a rendered part is; Gmail clips what it shows at about 102 KB, and hides the unsubscribe link with the rest. */
import type { Piece, RenderedEdition, SlotValues } from './rendered-edition.ts';
import { escapeHtml, fill } from './rendered-edition.ts';

/** A part sheds weight down to this, which leaves room for long links and for what relays add. */
export const usualPartBytes = 80_000;

/** Above this nothing may be sent. */
export const mostPartBytes = 95_000;

/** What a recipient's URL is taken to need where its value is not known. */
export const usualSlotBytes = 160;

/** UTF-8 bytes of the HTML part with a recipient's values, or with all URLs, of usual length; 0 for format `text`. */
export function htmlBytes({ html }: RenderedEdition, values?: SlotValues): number {
  return values === undefined ? piecesBytes(html) : byteLength(fill(html, values, escapeHtml));
}

/** UTF-8 bytes with every value given, each of usual length. */
export function piecesBytes(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + pieceBytes(piece), 0);
}

function pieceBytes(piece: Piece): number {
  if (typeof piece === 'string') return byteLength(piece);
  return 'slot' in piece ? usualSlotBytes : piecesBytes(piece.pieces);
}

function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
