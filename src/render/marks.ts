/**
 * Marks in a compiled mail: comments around what an edition may leave out, and places for values. They carry a nonce
 * that no digest can know, so that its text can neither open a block nor forge a slot.
 */
import { PaperboyError } from '../core/errors.ts';

/** Static text, the place of a value, or a block that an edition shows or leaves out. */
export type Part = string | { readonly value: string } | Block;

export interface Block {
  readonly block: string;
  readonly parts: readonly Part[];
}

/**
 * Cuts compiled HTML at its marks: `<!--NONCE open KEY-->`, `<!--NONCE close KEY-->` and `(NONCE KEY)`.
 * Nothing of a mark is left in the parts.
 * @throws PaperboyError `render-failed` when blocks are not closed in order
 */
export function cutAtMarks(html: string, nonce: string): readonly Part[] {
  const mark = new RegExp(`<!--${nonce} (open|close) ([\\w.]+)-->|\\(${nonce} ([\\w.]+)\\)`, 'g');
  const root: Part[] = [];
  const open: { readonly key: string; readonly parts: Part[] }[] = [{ key: '', parts: root }];
  let from = 0;
  for (const match of html.matchAll(mark)) {
    const [whole, move, key = '', value] = match;
    const parts = open.at(-1)?.parts ?? root;
    if (match.index > from) parts.push(compact(html.slice(from, match.index)));
    from = match.index + whole.length;
    if (value !== undefined) parts.push({ value });
    else if (move === 'open') {
      const block = { block: key, parts: [] };
      parts.push(block);
      open.push({ key, parts: block.parts });
    } else if (open.pop()?.key !== key) throw unbalanced(key);
  }
  if (open.length !== 1) throw unbalanced(open.at(-1)?.key ?? '');
  root.push(compact(html.slice(from)));
  return root;
}

/** Line breaks and indentation come from templates alone; digest text reaches them on one line. */
function compact(html: string): string {
  return html.replaceAll(/(^|>)\s*\n\s*(?=<|$)/gu, '$1').replaceAll(/\s*\n\s*/gu, '\n');
}

function unbalanced(key: string): PaperboyError {
  return new PaperboyError('render-failed', `the mail template opens and closes “${key}” in the wrong order`);
}
