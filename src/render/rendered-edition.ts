/** What rendering hands on: an edition as text with slots for the few values that differ between recipients. */

/**
 * The values that differ between recipients. Each is a complete URL.
 * `unsubscribeUrl` and `preferencesUrl` carry the recipient's token.
 */
export const slotNames = ['unsubscribeUrl', 'preferencesUrl'] as const;
export type SlotName = (typeof slotNames)[number];

/** Static text, or a place where a recipient's value goes. No slot ever passes through a template engine again. */
export type Piece = string | { readonly slot: SlotName };

export interface RenderedEdition {
  readonly editionId: string;
  readonly format: 'html' | 'text';
  readonly subject: string;
  /** Hidden line that clients show after the subject. */
  readonly preheader: string;
  /** Empty when the format is `text`. Values put into a slot are HTML-escaped by `fill`. */
  readonly html: readonly Piece[];
  readonly text: readonly Piece[];
}

export type SlotValues = Readonly<Record<SlotName, string>>;

/** Puts a recipient's values into the pieces; `encode` is applied to values only (HTML part: escapeHtml). */
export function fill(
  pieces: readonly Piece[],
  values: SlotValues,
  encode: (value: string) => string = (value) => value,
): string {
  let filled = '';
  for (const piece of pieces) filled += typeof piece === 'string' ? piece : encode(values[piece.slot]);
  return filled;
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
