/** What a mail gives up when it would be clipped: backgrounds from the last story up, then all but title and source. */
import type { Part } from './marks.ts';

/**
 * The blocks still shown after giving up at least `excess` bytes, or all that can be given up.
 * @param excess bytes that the assembled mail is too long by
 */
export function withinBudget(
  parts: readonly Part[],
  shown: ReadonlySet<string>,
  excess: number,
): ReadonlySet<string> {
  const kept = new Set(shown);
  const blocks = blocksOf(parts);
  let left = excess;
  for (const kind of ['background.', 'body.']) {
    for (const [key, inside] of [...blocks].reverse()) {
      if (left <= 0) return kept;
      if (!key.startsWith(kind) || !isShown(key, kept)) continue;
      left -= bytesOf(inside, kept);
      kept.delete(key);
    }
  }
  return kept;
}

/** A background counts only while its story's body is shown, and that only with its story. */
function isShown(key: string, shown: ReadonlySet<string>): boolean {
  return shown.has(key) && shown.has(key.replace(/^\w+/, 'story'));
}

function blocksOf(parts: readonly Part[]): ReadonlyMap<string, readonly Part[]> {
  const blocks = new Map<string, readonly Part[]>();
  for (const part of parts) {
    if (typeof part === 'string' || 'value' in part) continue;
    blocks.set(part.block, part.parts);
    for (const [key, inside] of blocksOf(part.parts)) blocks.set(key, inside);
  }
  return blocks;
}

function bytesOf(parts: readonly Part[], shown: ReadonlySet<string>): number {
  return parts.reduce((sum, part) => {
    if (typeof part === 'string') return sum + Buffer.byteLength(part, 'utf8');
    return 'block' in part && shown.has(part.block) ? sum + bytesOf(part.parts, shown) : sum;
  }, 0);
}
