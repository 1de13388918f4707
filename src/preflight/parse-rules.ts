/** What the parser had to say of the file: lines it could not place, categories it does not know, and the rest. */
import { type ParsedDigest, storiesOf } from '../digest/digest.ts';
import { otherTopicId } from '../digest/topics.ts';
import { lineList, shortened } from './digest-texts.ts';
import { type Problem, problemOf, storyProblem } from './problem.ts';

export function parseProblems({ digest, warnings, unparsed }: ParsedDigest): Problem[] {
  const strays = new Set(
    storiesOf(digest)
      .filter(isStray)
      .map(({ line }) => line),
  );
  return [
    ...warnings.map(({ line, message }) =>
      // The parser warns of a category at the line of its first story that fell to `other`.
      storyProblem(strays.has(line) ? 'unknown-category' : 'parse-warning', `line ${line}: ${message}`, line),
    ),
    ...unparsedText(unparsed),
  ];
}

function isStray({ topics }: { readonly topics: readonly string[] }): boolean {
  return topics.length === 1 && topics[0] === otherTopicId;
}

function unparsedText(unparsed: ParsedDigest['unparsed']): Problem[] {
  const [first] = unparsed;
  if (first === undefined) return [];
  const where = lineList(unparsed.map(({ line }) => line));
  const what = unparsed.length === 1 ? 'is' : 'are';
  return [
    problemOf(
      'unparsed-text',
      `${where} ${what} left out of the mail: “${shortened(first.text.trim(), 60)}”`,
    ),
  ];
}
