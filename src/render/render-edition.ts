/** Assembles an edition from a compiled issue: blocks it shows, values it computes, slots left for each recipient. */
import { PaperboyError } from '../core/errors.ts';
import type { Digest } from '../digest/digest.ts';
import type { Edition } from '../edition/edition.ts';
import { assemble, joined } from './assemble.ts';
import { withinBudget } from './budget.ts';
import { editionValues, hasContents, ledeStories } from './edition-lines.ts';
import type { IssueTemplate } from './issue-template.ts';
import { storyKey } from './issue-template.ts';
import { plainTextOf } from './plain-text.ts';
import { preheaderOf } from './preheader.ts';
import type { Piece, RenderedEdition } from './rendered-edition.ts';
import { mostHtmlBytes, piecesBytes } from './size.ts';
import { subjectOf } from './subject.ts';
import { wordingFor } from './wording.ts';

/** What an edition shows of a story it holds, unless the mail would grow too large. */
const storyBlocks = ['story', 'body', 'background'];

/**
 * Synchronous and cheap: no template engine runs here. The HTML part is empty when the edition's format is `text`.
 * @throws PaperboyError `render-failed` when the edition holds a story that the issue was not prepared with
 */
export function renderEdition(template: IssueTemplate, edition: Edition): RenderedEdition {
  const { masthead } = template;
  const { format } = edition.preferenceSet;
  const subject = subjectOf(edition, masthead, template.subject);
  const preheader = preheaderOf(edition, masthead, subject);
  return {
    editionId: edition.id,
    format,
    subject,
    preheader,
    html: format === 'html' ? htmlOf(template, edition, preheader) : [],
    text: joined(plainTextOf(template, edition)),
  };
}

function htmlOf(template: IssueTemplate, edition: Edition, preheader: string): readonly Piece[] {
  const { shown, counts } = shownBlocks(template, edition);
  const values = new Map(Object.entries({ ...editionValues(template, edition, preheader), ...counts }));
  const pieces = assemble(template.html, shown, values);
  const excess = piecesBytes(pieces) - mostHtmlBytes;
  if (excess <= 0) return pieces;
  return assemble(template.html, withinBudget(template.html, shown, excess), values);
}

/** Which blocks of the template this edition shows, and the counts of its categories. */
function shownBlocks(
  { digest, masthead }: IssueTemplate,
  edition: Edition,
): { readonly shown: ReadonlySet<string>; readonly counts: Readonly<Record<string, string>> } {
  const words = wordingFor(masthead.language);
  const shown = new Set<string>();
  const counts: Record<string, string> = {};
  const lede = new Set(ledeStories(edition).map(storyKey));
  if (edition.closing !== undefined || lede.size > 0) shown.add('lede');
  if (hasContents(edition)) shown.add('contents');
  if (edition.omittedCount > 0) shown.add('omitted');
  for (const { index, stories } of placed(digest, edition)) {
    shown.add(`category.${index}`).add(`row.${index}`);
    counts[`count.${index}`] = words.shortCount(stories.length);
    for (const { position, key } of stories) {
      for (const block of storyBlocks) shown.add(`${block}.${index}.${position}`);
      if (lede.has(key)) shown.add(`top.${index}.${position}`);
    }
  }
  return { shown, counts };
}

interface PlacedCategory {
  readonly index: number;
  readonly stories: readonly { readonly position: number; readonly key: string }[];
}

/** The edition's categories and stories by their places in the digest that was compiled. */
function placed(digest: Digest, edition: Edition): readonly PlacedCategory[] {
  const wanted = edition.categories.map(({ name, stories }) => ({ name, keys: stories.map(storyKey) }));
  const found: PlacedCategory[] = [];
  for (const [index, { name, stories }] of digest.categories.entries()) {
    const next = wanted[found.length];
    const keys = stories.map(storyKey);
    if (next?.name !== name || !next.keys.every((key) => keys.includes(key))) continue;
    found.push({ index, stories: next.keys.map((key) => ({ key, position: keys.indexOf(key) })) });
  }
  if (found.length === wanted.length) return found;
  throw new PaperboyError(
    'render-failed',
    `edition ${edition.id} holds the category “${wanted[found.length]?.name}”, which the prepared issue lacks or has otherwise`,
    { hint: 'Plan the edition from the digest that the issue was prepared with.' },
  );
}
