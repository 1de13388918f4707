/** Headings that are none in the file: a line that acts as one. */
import type { Block, HeadingBlock } from './markdown-blocks.ts';
import type { SourceLine } from './source-lines.ts';

/** Levels of lines that act as headings; written headings have 1 to 6. */
export const actingCategory = 7;
export const actingStory = 8;

export function acting(
  level: number,
  { line, text }: Pick<SourceLine, 'line' | 'text'>,
  title = text,
): HeadingBlock {
  return { kind: 'heading', level, text: title, line };
}

/** A title without a text, over another title, is a category. */
export function promoteTitlesOverTitles(blocks: readonly Block[]): Block[] {
  return blocks.map((block, index) => {
    if (block.kind !== 'heading' || block.level !== actingStory) return block;
    const next = blocks[index + 1];
    return next?.kind === 'heading' && next.level === actingStory
      ? { ...block, level: actingCategory }
      : block;
  });
}
