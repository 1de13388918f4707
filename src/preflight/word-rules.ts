/** Words that the operator never wants to send: `denyWords` of newsletter.yaml. */
import type { Digest } from '../digest/digest.ts';
import { storiesOf } from '../digest/digest.ts';
import { topicsIn } from '../digest/resolve-topics.ts';
import { type DigestText, placeOf, textsOf } from './digest-texts.ts';
import { type Problem, storyProblem } from './problem.ts';

/**
 * Found as aliases of topics are: one with Han characters anywhere, another as a whole word, whatever its case.
 * @param subject the operator's own; empty: none
 */
export function deniedWordProblems(digest: Digest, subject: string, words: readonly string[]): Problem[] {
  if (words.length === 0) return [];
  const table = words.map((word) => ({ id: word, name: { zh: word, en: word }, aliases: [word] }));
  const links = storiesOf(digest).flatMap(({ line, sources }) =>
    sources.flatMap(({ url }) => (url === undefined ? [] : [{ line, text: url }])),
  );
  const entries: readonly DigestText[] = [...textsOf(digest), ...links];
  const found = new Map<string, Problem>();
  const look = (text: string, place: string, line?: number) => {
    for (const word of topicsIn(text, table)) {
      const message = `${place}: ${JSON.stringify(word)} is one of the denyWords`;
      found.set(message, storyProblem('denied-word', message, line));
    }
  };
  for (const entry of entries) look(entry.text, placeOf(entry), entry.line);
  look(subject, 'the subject');
  return [...found.values()];
}
