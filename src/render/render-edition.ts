/** Assembles an edition from a compiled issue: blocks it shows, values it computes, slots left for each recipient. */
import { inlineText } from '../digest/inline.ts';
import type { Edition } from '../edition/edition.ts';
import { assemble, joined } from './assemble.ts';
import { withinBudget } from './budget.ts';
import { cutToColumns, oneLine } from './columns.ts';
import { editionValues, hasContents, ledeOf, ledeStories } from './edition-lines.ts';
import type { IssueTemplate } from './issue-template.ts';
import { storyKey } from './issue-template.ts';
import { type PlacedCategory, placedCategories } from './placed.ts';
import { plainTextOf } from './plain-text.ts';
import { preheaderOf } from './preheader.ts';
import type { RenderedEdition } from './rendered-edition.ts';
import { piecesBytes, usualHtmlBytes } from './size.ts';
import { subjectOf } from './subject.ts';

export interface RenderEditionOptions {
  /** Leave nothing out however large it gets, for a copy that no mail client clips. Default false. */
  readonly whole?: boolean;
}

/** What an edition shows of a story it holds, unless the mail would grow too large. */
const storyBlocks = ['story', 'body', 'background'];

/** Of a category's first story, beside its name in the contents. */
const leadColumns = 46;

/**
 * Synchronous and cheap: no template engine runs here. The HTML part is empty when the edition's format is `text`.
 * @throws PaperboyError `render-failed` when the edition holds a story that the issue was not prepared with
 */
export function renderEdition(
  template: IssueTemplate,
  edition: Edition,
  { whole = false }: RenderEditionOptions = {},
): RenderedEdition {
  const { format } = edition.preferenceSet;
  const subject = subjectOf(edition, template);
  const preheader = preheaderOf(edition, template.words, subject);
  const html = format === 'html' ? htmlOf(template, edition, preheader, whole) : { html: [] };
  return {
    editionId: edition.id,
    format,
    subject,
    preheader,
    text: joined(plainTextOf(template, edition)),
    ...html,
  };
}

function htmlOf(
  template: IssueTemplate,
  edition: Edition,
  preheader: string,
  whole: boolean,
): Pick<RenderedEdition, 'html' | 'leftOut'> {
  const categories = placedCategories(template, edition);
  const shown = shownBlocks(template, edition, categories);
  const values = new Map([
    ...Object.entries(editionValues(template, edition, preheader)),
    ...categoryValues(template, edition, categories),
  ]);
  const pieces = assemble(template.html, shown, values);
  const excess = piecesBytes(pieces) - usualHtmlBytes;
  if (whole || excess <= 0) return { html: pieces };
  const shortened = withinBudget(template.weights, shown, categories, excess);
  const stories = [...shortened.lost.values()].reduce((sum, count) => sum + count, 0);
  const rest = restValues(template, stories, shortened.lost);
  return {
    html: assemble(template.html, shortened.shown, new Map([...values, ...rest])),
    leftOut: { stories },
  };
}

/** Which blocks of the template this edition shows. */
function shownBlocks(
  { digest }: IssueTemplate,
  edition: Edition,
  categories: readonly PlacedCategory[],
): ReadonlySet<string> {
  const shown = new Set(['analyses', 'trends', ...digest.analyses.map((_, index) => `analysis.${index}`)]);
  const lede = new Set(ledeStories(edition).map(storyKey));
  if (ledeOf(edition.closing) !== undefined || lede.size > 0) shown.add('lede');
  if (hasContents(edition)) shown.add('contents');
  if (edition.omittedCount > 0) shown.add('omitted');
  for (const { index, stories } of categories) {
    shown.add(`category.${index}`).add(`row.${index}`);
    for (const { position, key } of stories) {
      for (const block of storyBlocks) shown.add(`${block}.${index}.${position}`);
      if (lede.has(key)) shown.add(`top.${index}.${position}`);
    }
  }
  return shown;
}

/** Of each category the number of its stories, and its first story that the lede has not told. */
function categoryValues(
  { words }: IssueTemplate,
  edition: Edition,
  categories: readonly PlacedCategory[],
): readonly (readonly [string, string])[] {
  const told = new Set(ledeStories(edition));
  return edition.categories.flatMap(({ stories }, i) => {
    const lead = stories.find((story) => !told.has(story));
    const index = categories[i]?.index ?? 0;
    return [
      [`count.${index}`, words.shortCount(stories.length)],
      [`lead.${index}`, cutToColumns(oneLine(inlineText(lead?.title ?? '')), leadColumns)],
    ] as const;
  });
}

/** What a shortened mail says of what it lacks. */
function restValues(
  { words }: IssueTemplate,
  stories: number,
  lost: ReadonlyMap<number, number>,
): readonly (readonly [string, string])[] {
  return [
    ['rest', stories > 0 ? words.moreOnWeb(stories) : words.shortened],
    ...[...lost].map(([index, count]) => [`rest.${index}`, words.moreHere(count)] as const),
  ];
}
