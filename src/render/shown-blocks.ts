/** What an edition shows when nothing must be left out for its size. */
import type { Edition } from '../edition/edition.ts';
import { hasContents, ledeOf, ledeStories } from './edition-lines.ts';
import type { IssueTemplate } from './issue-template.ts';
import { storyKey } from './issue-template.ts';
import { leadKey } from './issue-view.ts';
import type { PlacedCategory } from './placed.ts';

/** What an edition shows of a story it holds. */
const storyBlocks = ['story', 'body', 'background'];

/** Keys of the blocks, as the HTML template has them. */
export function shownBlocks(
  { digest, otherLanguages }: IssueTemplate,
  edition: Edition,
  categories: readonly PlacedCategory[],
): Set<string> {
  const shown = new Set(['analyses', 'trends', ...digest.analyses.map((_, index) => `analysis.${index}`)]);
  const lede = new Set(ledeStories(edition).map(storyKey));
  if (ledeOf(edition.closing) !== undefined || lede.size > 0) shown.add('lede');
  if (hasContents(edition)) shown.add('contents');
  if (edition.omittedCount > 0) shown.add('omitted');
  for (const { index, stories } of categories) {
    shown.add(`category.${index}`).add(`row.${index}`);
    const lead = stories.find(({ key }) => !lede.has(key));
    shown.add(`lead.${leadKey(index, lead && otherLanguages.get(lead.key))}`);
    for (const { position, key } of stories) {
      for (const block of storyBlocks) shown.add(`${block}.${index}.${position}`);
      if (lede.has(key)) shown.add(`top.${index}.${position}`);
    }
  }
  return shown;
}
