/** Which stories of a digest the newsletter has published already, and the content of an issue without them. */
import type { Frequency } from '../../subscribers/preferences.ts';
import { PaperboyError } from '../core/errors.ts';
import { originalIdOf } from '../core/ids.ts';
import { storiesOf } from '../digest/digest.ts';
import { decodeFingerprint, encodeFingerprint, fingerprintOf } from '../edition/fingerprint.ts';
import { findRepeats, type PublishedIssue, withoutRepeats } from '../edition/repeats.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';
import { type PublishedRecord, type PublishedStories, readPublished } from '../ledger/published.ts';
import type { IssueContent } from './content.ts';

/**
 * What the newsletter published in the last 14 days besides this issue: an issue and its corrections never repeat each
 * other. Changes nothing.
 */
export async function publishedBefore(
  ledger: LedgerDeps,
  newsletter: string,
  issue: string,
): Promise<readonly PublishedIssue[]> {
  return besides(issue, (await readPublished(ledger, newsletter)).records);
}

function besides(issue: string, records: readonly PublishedRecord[]): readonly PublishedIssue[] {
  return records
    .filter((record) => originalIdOf(record.issue) !== originalIdOf(issue))
    .map(({ stories, ...record }) => ({ ...record, stories: stories.map(decodeFingerprint) }));
}

export interface Unrepeated {
  readonly content: IssueContent;
  /** How many stories were left out. */
  readonly repeats: number;
  /** To be handed to the ledger with the issue; absent: nothing of it counts as published. */
  readonly published?: PublishedStories;
}

/** How an issue is published: a daily one without its repeats, a weekly one whole, and no later issue repeats it. */
export function publisherOf({ frequency }: { readonly frequency?: Frequency }): typeof publishUnrepeated {
  return frequency === 'weekly' ? publishWhole : publishUnrepeated;
}

const publishWhole: typeof publishUnrepeated = async (_, { issue }, content, write) => {
  const written = await write({ content, repeats: 0 });
  if (written !== null) return written;
  throw new PaperboyError('internal', `${issue} was refused for repeats, which a weekly issue may hold`);
};

/** How often somebody else may publish between our look and our script before we give up. */
const mostAttempts = 50;

/**
 * Publishes what is new in the content. Should another issue of the newsletter be published, revised or cancelled
 * meanwhile, the repeats are looked for again: of two issues published at once only one holds a story.
 *
 * @param write → null when what was published has changed
 * @throws PaperboyError `only-repeats`, `publish-raced`, and what `write` throws
 */
async function publishUnrepeated<Written>(
  ledger: LedgerDeps,
  { newsletter, issue }: { readonly newsletter: string; readonly issue: string },
  given: IssueContent,
  write: (unrepeated: Unrepeated) => Promise<Written | null>,
): Promise<Written> {
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const { records, changes, forgotten } = await readPublished(ledger, newsletter);
    const { content, repeats } = withoutPublished(given, besides(issue, records));
    const stories = storiesOf(content.digest).map(fingerprintOf).map(encodeFingerprint);
    const written = await write({ content, repeats, published: { after: changes, stories, forgotten } });
    if (written !== null) return written;
  }
  throw new PaperboyError(
    'publish-raced',
    `what ${newsletter} has published changed ${mostAttempts} times while ${issue} was to be published`,
  );
}

/** @throws PaperboyError `only-repeats` */
function withoutPublished(
  given: IssueContent,
  published: readonly PublishedIssue[],
): Omit<Unrepeated, 'published'> {
  const repeats = findRepeats(given.digest, published);
  const digest = withoutRepeats(given.digest, repeats);
  const leftOut = repeats.filter(({ isLeftOut }) => isLeftOut);
  if (leftOut.length > 0 && digest.categories.length === 0) {
    const issues = [...new Set(leftOut.map(({ issue }) => issue))].join(', ');
    throw new PaperboyError(
      'only-repeats',
      `every story of the digest “${given.digest.title}” was published in the last 14 days: in ${issues}`,
      { hint: 'a story whose title begins with 更新： or “Update:” is no repeat' },
    );
  }
  return { content: { ...given, digest }, repeats: leftOut.length };
}
