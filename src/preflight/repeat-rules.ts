/** Repeats: stories that the newsletter published in the last 14 days. They are left out, and named. */
import { type Digest, storiesOf } from '../digest/digest.ts';
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

/**
 * More than half of a digest that stood in the issue before is yesterday's file.
 * @param previousDate of the issue before; null: none that is known
 */
export function sameProblems(
  digest: Digest,
  repeats: readonly Repeat[],
  previousDate: string | null,
): Problem[] {
  const leftOut = repeats.filter(({ isLeftOut }) => isLeftOut);
  const same = leftOut.filter(({ date }) => date === previousDate);
  const all = storiesOf(digest).length + leftOut.length;
  if (same.length * 2 <= all) return [];
  const what = `${same.length} of ${all} stories stood in ${same[0]?.issue}: is this the file of that day?`;
  return [problemOf('same-as-yesterday', what)];
}

/** Whether there would be stories, if they were not repeats. */
export function isEmptied({ categories }: Digest, repeats: readonly Repeat[]): boolean {
  return categories.length === 0 && repeats.some(({ isLeftOut }) => isLeftOut);
}
