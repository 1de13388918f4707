/** What rendering hands on: an edition as text with slots for the few values that differ between recipients. */

/**
 * The values that differ between recipients, or that only publishing an issue gives it. Each is a complete URL.
 * `unsubscribeUrl` and `preferencesUrl` carry the recipient's token, `likeUrl` and `dislikeUrl` what they vote with;
 * `webCopyUrl` is the same for all of an edition and carries none. What stands around an empty one is left out, so that
 * a copy that belongs to nobody shows no link to act with.
 */
export const slotNames = ['unsubscribeUrl', 'preferencesUrl', 'webCopyUrl', 'likeUrl', 'dislikeUrl'] as const;
export type SlotName = (typeof slotNames)[number];

/** Those that a copy may have none of. */
type OptionalSlotName = 'webCopyUrl' | 'likeUrl' | 'dislikeUrl';

/**
 * Static text, a place where a recipient's value goes, or what is shown only where a value is given. No slot ever
 * passes through a template engine again.
 */
export type Piece =
  | string
  | { readonly slot: SlotName }
  | { readonly given: SlotName; readonly pieces: readonly Piece[] };

export interface RenderedEdition {
  readonly editionId: string;
  readonly format: 'html' | 'text';
  readonly subject: string;
  /** Hidden line that clients show after the subject. */
  readonly preheader: string;
  /** Empty when the format is `text`. Values put into a slot are HTML-escaped by `fill`. */
  readonly html: readonly Piece[];
  readonly text: readonly Piece[];
  /** What the HTML part, or the text part where there is no other, had to leave out for its size; absent: nothing. */
  readonly leftOut?: LeftOut;
}

export interface LeftOut {
  /** Whole stories; 0: only backgrounds, texts, deep dives or trends. */
  readonly stories: number;
}

export type SlotValues = Readonly<Record<Exclude<SlotName, OptionalSlotName>, string>> &
  Readonly<Partial<Record<OptionalSlotName, string>>>;

/** Puts a recipient's values into the pieces; `encode` is applied to values only (HTML part: escapeHtml). */
export function fill(
  pieces: readonly Piece[],
  values: SlotValues,
  encode: (value: string) => string = (value) => value,
): string {
  let filled = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') filled += piece;
    else if ('slot' in piece) filled += encode(values[piece.slot] ?? '');
    else if ((values[piece.given] ?? '') !== '') filled += fill(piece.pieces, values, encode);
  }
  return filled;
}

/** The pieces with a value put in that is the same for all copies; `encode` is applied to the value only. */
export function bind(
  pieces: readonly Piece[],
  slot: SlotName,
  value: string,
  encode: (value: string) => string = (text) => text,
): readonly Piece[] {
  return pieces.flatMap((piece): readonly Piece[] => {
    if (typeof piece === 'string') return [piece];
    if ('slot' in piece) return [piece.slot === slot ? encode(value) : piece];
    const inner = bind(piece.pieces, slot, value, encode);
    if (piece.given !== slot) return [{ ...piece, pieces: inner }];
    return value === '' ? [] : inner;
  });
}

/** The pieces with their static text changed. */
export function mapTexts(pieces: readonly Piece[], change: (text: string) => string): readonly Piece[] {
  return pieces.map((piece) => {
    if (typeof piece === 'string') return change(piece);
    return 'slot' in piece ? piece : { ...piece, pieces: mapTexts(piece.pieces, change) };
  });
}

const htmlEntities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => htmlEntities[character] ?? character);
}
