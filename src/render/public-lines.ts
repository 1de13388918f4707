/** What a copy that anybody may read says where a mail speaks to its subscriber. */
import type { Edition } from '../edition/edition.ts';
import { oneLine } from './columns.ts';
import { readerTopics } from './edition-lines.ts';
import type { IssueTemplate } from './issue-template.ts';
import type { Masthead } from './masthead.ts';

/** Pages of the newsletter; null: there is no such page. */
export interface PublicLinks {
  readonly archiveUrl: string | null;
}

/** Keys of the blocks that only such a copy shows. */
export function publicBlocks(masthead: Masthead, { archiveUrl }: PublicLinks): readonly string[] {
  return [
    'anybody',
    ...(subscribeUrlOf(masthead) === null ? [] : ['anybody.subscribe']),
    ...(archiveUrl === null ? [] : ['anybody.archive']),
  ];
}

/** Values of the places in those blocks, and in the place of what a mail says to its subscriber. */
export function publicValues(
  template: IssueTemplate,
  edition: Edition,
  { archiveUrl }: PublicLinks,
): Readonly<Record<string, string>> {
  const { masthead, words } = template;
  return {
    topics: words.topicsHere(readerTopics(template, edition.preferenceSet)),
    omitted: words.omittedHere(edition.omittedCount),
    about: words.about(oneLine(masthead.name)),
    subscribe: masthead.subscribeUrl === undefined ? words.subscribeByMail : words.subscribe,
    subscribeUrl: subscribeUrlOf(masthead) ?? '',
    archiveUrl: archiveUrl ?? '',
  };
}

/** Where nobody has a page for it, subscribing is asked for by mail; null: there is no address either. */
function subscribeUrlOf({ subscribeUrl, contact }: Masthead): string | null {
  if (subscribeUrl !== undefined) return subscribeUrl;
  return contact === '' ? null : `mailto:${contact}`;
}
