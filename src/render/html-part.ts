/** The HTML part of an edition: which blocks it shows, and what stands in its places. */
import { inlineText } from '../digest/inline.ts';
import type { Edition } from '../edition/edition.ts';
import { assemble } from './assemble.ts';
import { type Shortened, withinBudget } from './budget.ts';
import { columnsOf, oneLine } from './columns.ts';
import { editionValues, ledeStories } from './edition-lines.ts';
import type { IssueTemplate } from './issue-template.ts';
import { categoryName } from './issue-view.ts';
import { type PlacedCategory, placedCategories } from './placed.ts';
import { type PublicLinks, publicBlocks, publicValues } from './public-lines.ts';
import type { Piece, RenderedEdition } from './rendered-edition.ts';
import { cutToColumns } from './shorten.ts';
import { shownBlocks } from './shown-blocks.ts';
import { piecesBytes, usualPartBytes } from './size.ts';

/** Of a category's first story, in the contents: a line of a phone of 375 px at most; less than the fewest says nothing. */
const leadColumns = { fewest: 16, most: 38 };

/** What a row of the contents holds, in columns as wide as those of a category's name. */
const rowColumns = 58;

/** As it is mailed: shortened when a client would clip it. */
export function htmlOf(
  template: IssueTemplate,
  edition: Edition,
  preheader: string,
): Pick<RenderedEdition, 'html' | 'leftOut'> {
  const categories = placedCategories(template, edition);
  const shown = shownBlocks(template, edition, categories).add('reader');
  const values = new Map([
    ...Object.entries(editionValues(template, edition, preheader)),
    ...categoryValues(template, edition, categories),
  ]);
  const pieces = assemble(template.html, shown, values);
  const excess = piecesBytes(pieces) - usualPartBytes;
  if (excess <= 0) return { html: pieces };
  const shortened = withinBudget(template.weights, shown, categories, excess);
  const rest = restValues(template, shortened);
  return {
    html: assemble(template.html, shortened.shown, new Map([...values, ...rest])),
    leftOut: { stories: shortened.stories },
  };
}

/** As anybody may read it on the web: whole, because no mail client clips it, and not spoken to a subscriber. */
export function publicHtmlOf(
  template: IssueTemplate,
  edition: Edition,
  preheader: string,
  links: PublicLinks,
): readonly Piece[] {
  const categories = placedCategories(template, edition);
  const shown = shownBlocks(template, edition, categories);
  for (const block of publicBlocks(template.masthead, links)) shown.add(block);
  const values = new Map([
    ...Object.entries(editionValues(template, edition, preheader)),
    ...Object.entries(publicValues(template, edition, links)),
    ...categoryValues(template, edition, categories),
  ]);
  return assemble(template.html, shown, values);
}

/** As much of a title as is on one row with the category's name; its type is an eighth smaller. */
function leadBeside(name: string, title: string): string {
  const columns = Math.min(leadColumns.most, Math.floor(((rowColumns - columnsOf(name)) * 8) / 7));
  return columns < leadColumns.fewest ? '' : cutToColumns(title, columns);
}

/** Of each category the number of its stories, and its first story that the lede has not told. */
function categoryValues(
  { words }: IssueTemplate,
  edition: Edition,
  categories: readonly PlacedCategory[],
): readonly (readonly [string, string])[] {
  const told = new Set(ledeStories(edition));
  return edition.categories.flatMap(({ name, stories }, i) => {
    const lead = stories.find((story) => !told.has(story));
    const index = categories[i]?.index ?? 0;
    return [
      [`count.${index}`, words.shortCount(stories.length)],
      [`lead.${index}`, leadBeside(categoryName(name, words), oneLine(inlineText(lead?.title ?? '')))],
    ] as const;
  });
}

/** What a shortened mail says of what it lacks. */
function restValues(
  { words }: IssueTemplate,
  { stories, lost }: Shortened,
): readonly (readonly [string, string])[] {
  return [
    ['rest', stories > 0 ? words.moreOnWeb(stories) : words.shortened],
    ...[...lost].map(([index, count]) => [`rest.${index}`, words.moreHere(count)] as const),
  ];
}
