/** Repeats: stories that the newsletter published in the last 14 days. They are left out, and named. */
import type { Digest } from '../digest/digest.ts';
import type { Repeat } from '../edition/repeats.ts';
import { titleOf } from './digest-texts.ts';
import { type Problem, problemOf } from './problem.ts';

/** @param digest without the repeats */
export function repeatProblems(digest: Digest, repeats: readonly Repeat[]): Problem[] {
  const leftOut = repeats.filter(({ isLeftOut }) => isLeftOut);
  return [
    ...(isEmptied(digest, repeats)
      ? [problemOf('only-repeats', 'every story of the digest was published in the last 14 days')]
      : []),
    ...leftOut.map(({ story, issue }) =>
      problemOf('repeat', `line ${story.line}: ${titleOf(story)} was published in ${issue}: left out`),
    ),
  ];
}

/** Whether there would be stories, if they were not repeats. */
export function isEmptied({ categories }: Digest, repeats: readonly Repeat[]): boolean {
  return categories.length === 0 && repeats.some(({ isLeftOut }) => isLeftOut);
}
