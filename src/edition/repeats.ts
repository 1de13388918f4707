/** Repeats: stories that the newsletter published in the last 14 days. They are left out of the issue. Pure. */
import type { Digest, Story } from '../digest/digest.ts';
import { storiesOf } from '../digest/digest.ts';
import { type Fingerprint, fingerprintOf } from './fingerprint.ts';

/** What the newsletter has published: an issue that was not cancelled, with a fingerprint for each of its stories. */
export interface PublishedIssue {
  readonly issue: string;
  /** `YYYY-MM-DD` of its digest. */
  readonly date: string;
  readonly stories: readonly Fingerprint[];
}

export interface Repeat {
  readonly story: Story;
  /** The newest issue that holds it. */
  readonly issue: string;
  readonly date: string;
  /** False for a story marked as an update: it stays. */
  readonly isLeftOut: boolean;
}

/** Every story of the digest that one of the issues holds, in the digest's order. */
export function findRepeats(digest: Digest, published: readonly PublishedIssue[]): readonly Repeat[] {
  const known = newestHolders(published);
  return storiesOf(digest).flatMap((story) => {
    const { page, title, text } = fingerprintOf(story);
    const same = known.get(text);
    const holder = known.get(page) ?? known.get(title) ?? same;
    if (holder === undefined) return [];
    // An update that says word for word what was published already is none.
    const isLeftOut = story.update !== true || same !== undefined;
    return [{ story, issue: holder.issue, date: holder.date, isLeftOut }];
  });
}

/** The digest without those stories. Categories that keep none go; analyses, trends, closing line and motto are the day's. */
export function withoutRepeats(digest: Digest, repeats: readonly Repeat[]): Digest {
  const leftOut = new Set(repeats.filter(({ isLeftOut }) => isLeftOut).map(({ story }) => story));
  if (leftOut.size === 0) return digest;
  const categories = digest.categories
    .map(({ name, stories }) => ({ name, stories: stories.filter((story) => !leftOut.has(story)) }))
    .filter(({ stories }) => stories.length > 0);
  return { ...digest, categories };
}

function newestHolders(published: readonly PublishedIssue[]): ReadonlyMap<string, PublishedIssue> {
  const known = new Map<string, PublishedIssue>();
  for (const issue of published.toSorted((one, other) => (one.date < other.date ? -1 : 1))) {
    for (const { page, title, text } of issue.stories)
      for (const hash of [page, title, text]) if (hash !== '') known.set(hash, issue);
  }
  return known;
}
