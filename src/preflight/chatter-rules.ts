/** Talk of the tool that wrote the digest: an error in the mail, worth a look where it was left out of it. */
import { chatterIn } from '../digest/chatter.ts';
import type { ParsedDigest } from '../digest/digest.ts';
import { lineList, placeOf, shortened, textsOf } from './digest-texts.ts';
import { type Problem, storyProblem } from './problem.ts';

export function chatterProblems({ digest, unparsed }: Pick<ParsedDigest, 'digest' | 'unparsed'>): Problem[] {
  const inMail = textsOf(digest).flatMap((entry) => {
    const found = chatterIn(entry.text);
    const what = `“${shortened(found ?? '', 60)}” is talk of the tool that wrote the digest`;
    return found === undefined ? [] : [storyProblem('chatter', `${placeOf(entry)}: ${what}`, entry.line)];
  });
  const leftOut = unparsed.filter(({ text }) => chatterIn(text) !== undefined);
  const first = leftOut[0];
  if (first === undefined) return inMail;
  const where = lineList(leftOut.map(({ line }) => line));
  return [
    ...inMail,
    storyProblem(
      'chatter-left-out',
      `${where}: “${shortened(first.text.trim(), 60)}” is talk of the tool that wrote the digest; it is left out of the mail`,
    ),
  ];
}
