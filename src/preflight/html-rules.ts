/** The rules on the HTML part of an edition: its structure, its colours, and whether clients can show it. */
import { clientProblems } from './client-rules.ts';
import { contrastProblems } from './contrast-rules.ts';
import { readMail, readMarkup } from './mail-tree.ts';
import type { Problem } from './problem.ts';
import type { EditionSample } from './sample.ts';
import { structureProblems } from './structure-rules.ts';

/**
 * A look at the HTML of editions, one after another. Editions of an issue are put together from the same pieces, and
 * there may be thousands: colours and clients are looked at only where a tag occurs that none before had, and what is
 * found is told once, of the whole issue.
 */
export function createHtmlLook(): (sample: Pick<EditionSample, 'edition' | 'html'>) => Problem[] {
  const tags = new Set<string>();
  const told = new Set<string>();
  return ({ edition, html }) => {
    if (html === '') return [];
    const before = tags.size;
    for (const tag of tagsOf(html)) tags.add(tag);
    const shared = tags.size === before ? [] : sharedProblems(html);
    const news = shared.filter(({ message }) => !told.has(message));
    for (const { message } of news) told.add(message);
    return [...structureProblems(readMarkup(html), edition.id), ...news];
  };
}

function sharedProblems(html: string): Problem[] {
  const mail = readMail(html);
  return [...contrastProblems(mail), ...clientProblems(mail)];
}

/** As written, without what differs from story to story. */
function tagsOf(html: string): string[] {
  return (html.match(/<[a-z][^>]*>/gi) ?? []).map((tag) =>
    tag.replace(/\s(?:href|src|alt|title|content)="[^"]*"/g, ''),
  );
}
