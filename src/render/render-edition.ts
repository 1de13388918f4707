/** Assembles an edition from a compiled issue: blocks it shows, values it computes, slots left for each recipient. */
import type { Edition } from '../edition/edition.ts';
import { joined } from './assemble.ts';
import { htmlOf, publicHtmlOf } from './html-part.ts';
import type { IssueTemplate } from './issue-template.ts';
import { plainTextOf } from './plain-text.ts';
import { preheaderOf } from './preheader.ts';
import type { PublicLinks } from './public-lines.ts';
import type { Piece, RenderedEdition } from './rendered-edition.ts';
import { subjectOf } from './subject.ts';

/**
 * Synchronous and cheap: no template engine runs here. The HTML part is empty when the edition's format is `text`.
 * @throws PaperboyError `render-failed` when the edition holds a story that the issue was not prepared with
 */
export function renderEdition(template: IssueTemplate, edition: Edition): RenderedEdition {
  const { format } = edition.preferenceSet;
  const subject = subjectOf(edition, template);
  const preheader = preheaderOf(edition, template.words, subject);
  const { text, leftOut } = plainTextOf(template, edition);
  const common = { editionId: edition.id, format, subject, preheader, text: joined(text) };
  if (format === 'html') return { ...common, ...htmlOf(template, edition, preheader) };
  return { ...common, html: [], ...(leftOut === undefined ? {} : { leftOut }) };
}

/**
 * The edition as a page that anybody may read: whole, and with a foot that says what the newsletter is. Its slots are
 * to be filled with nothing.
 * @throws PaperboyError `render-failed` as above
 */
export function renderWebCopy(
  template: IssueTemplate,
  edition: Edition,
  links: PublicLinks,
): readonly Piece[] {
  const preheader = preheaderOf(edition, template.words, subjectOf(edition, template));
  return publicHtmlOf(template, edition, preheader, links);
}
