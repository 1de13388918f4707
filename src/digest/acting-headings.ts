/** Lines that merely act as headings where a file has few or none: bold, numbered, marked out, or short over a longer one. */
import { actingCategory, promoteTitlesOverTitles } from './acting-heading.ts';
import { boldOpensMostSections, promoteBold, titleAtStart } from './bold-headings.ts';
import type { Block } from './markdown-blocks.ts';
import { partedAtMarks, promoteNumberedCategories, promoteSingles } from './marked-headings.ts';
import { promotePlainTitles, promotePlainTitlesUnder } from './plain-headings.ts';

/** The blocks, such lines made headings of levels 7 and 8. */
export function withActingHeadings(blocks: readonly Block[]): Block[] {
  const written = blocks.filter((block) => block.kind === 'heading');
  const isUnparted = written.length === 0 || (written.length === 1 && written[0] === blocks[0]);
  let result = isUnparted ? titleAtStart(blocks) : [...blocks];
  if (isUnparted || boldOpensMostSections(blocks)) result = promoteBold(result);
  if (isUnparted) result = promoteNumberedCategories(result.flatMap(partedAtMarks));
  result = promoteSingles(result);
  const categories = result.filter((block) => block.kind === 'heading' && block.level === actingCategory);
  if (isUnparted && categories.length > 0) result = promotePlainTitlesUnder(result);
  const isStillUnparted =
    isUnparted && result.filter((block) => block.kind === 'heading').length === written.length;
  const hasLists = result.some(
    (block) => block.kind === 'table' || (block.kind === 'list' && block.items.length > 1),
  );
  return isStillUnparted && !hasLists ? promoteTitlesOverTitles(promotePlainTitles(result)) : result;
}
