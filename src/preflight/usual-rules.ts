/** What is unlike the issues before: far more or fewer stories, far more or less text, sites that were never linked. */
import type { Digest } from '../digest/digest.ts';
import { storiesOf } from '../digest/digest.ts';
import { countLetters } from '../digest/reading.ts';
import { placeOf, textsOf } from './digest-texts.ts';
import { siteOf } from './link-hosts.ts';
import { digestLinks, type PlacedLink } from './link-rules.ts';
import { type Problem, problemOf, storyProblem } from './problem.ts';

/** With fewer issues nothing is usual yet. */
const fewestPast = 5;

/** How often the median may be gone below or above. */
const factor = 2;

const mostNamed = 8;

/** @param past digests of the last weeks, in any order */
export function unusualProblems(digest: Digest, past: readonly Digest[]): Problem[] {
  if (past.length < fewestPast || storiesOf(digest).length === 0) return [];
  const far = (rule: 'stories-unusual' | 'size-unusual', what: string, size: (digest: Digest) => number) => {
    const usual = median(past.map(size));
    const found = size(digest);
    if (found * factor >= usual && found <= usual * factor) return [];
    return [problemOf(rule, `the digest has ${found} ${what}; the last ${past.length} issues had ${usual}`)];
  };
  return [
    ...far('stories-unusual', 'stories', (one) => storiesOf(one).length),
    ...far('size-unusual', 'letters', (one) =>
      textsOf(one).reduce((sum, { text }) => sum + countLetters(text), 0),
    ),
    ...newSites(digest, past),
  ];
}

function newSites(digest: Digest, past: readonly Digest[]): Problem[] {
  const known = new Set(past.flatMap(digestLinks).map(({ url }) => siteOf(url)));
  const places = new Map<string, PlacedLink>();
  for (const link of digestLinks(digest)) {
    const site = siteOf(link.url);
    if (!known.has(site) && !places.has(site)) places.set(site, link);
  }
  if (places.size === 0) return [];
  const named = [...places].slice(0, mostNamed).map(([site, link]) => `${site} (${placeOf(link)})`);
  const rest = places.size > mostNamed ? ` and ${places.size - mostNamed} more` : '';
  const message = `not linked in the last ${past.length} issues: ${named.join(', ')}${rest}`;
  return [storyProblem('link-new-site', message, ...[...places.values()].map(({ line }) => line))];
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
