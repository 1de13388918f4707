/** How large a rendered part is; Gmail clips the HTML part at about 102 KB and hides the unsubscribe link with it. */
import type { Piece, RenderedEdition, SlotName, SlotValues } from './rendered-edition.ts';
import { escapeHtml } from './rendered-edition.ts';

/** A rendered edition gives up backgrounds and summaries rather than exceed this. */
export const mostHtmlBytes = 95_000;

/** What a recipient's URL is taken to need where its value is not known. */
const usualSlotBytes = 160;

/** UTF-8 bytes of the HTML part with a recipient's values, or with URLs of usual length; 0 for format `text`. */
export function htmlBytes({ html }: RenderedEdition, values?: SlotValues): number {
  return piecesBytes(html, values === undefined ? undefined : (slot) => byteLength(escapeHtml(values[slot])));
}

/** UTF-8 bytes of the text part. */
export function textBytes({ text }: RenderedEdition, values?: SlotValues): number {
  return piecesBytes(text, values === undefined ? undefined : (slot) => byteLength(values[slot]));
}

export function piecesBytes(
  pieces: readonly Piece[],
  slotBytes: (slot: SlotName) => number = () => usualSlotBytes,
): number {
  return pieces.reduce(
    (sum, piece) => sum + (typeof piece === 'string' ? byteLength(piece) : slotBytes(piece.slot)),
    0,
  );
}

function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
