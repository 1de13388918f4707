/** The contract of digest formats, over the project's own examples, short samples and the real digests. */

import { expect, it } from 'vitest';
import { storiesOf } from '../../src/digest/digest.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { describeDigestFormat } from '../contracts/digest-format.ts';
import { corpusFiles, exampleFiles } from './corpus.ts';

const examples = exampleFiles();
const starting = (prefix: string, files = examples) => files.filter(({ name }) => name.startsWith(prefix));
const parse = (source: string) => parseDigest(source, { topics: builtInTopics, name: 'example' });
const asJson = examples.map(({ name, source }) => ({
  name: `${name}.json`,
  source: JSON.stringify(parse(source), null, 2),
}));

describeDigestFormat('labelled', [...starting('ai-daily'), ...starting('ai-industry', corpusFiles('seeds'))]);
describeDigestFormat('tagged', [...starting('tech-brief'), ...starting('tech-brief', corpusFiles('seeds'))]);
describeDigestFormat('markdown', starting('tech-weekly'));
describeDigestFormat('json', [
  ...asJson,
  {
    name: 'headlines.json',
    source:
      '{"date":"2026-03-02","news":["第一条新闻，没有链接","第二条新闻"],"cover":"https://x.example/a.png"}',
  },
]);

it('the examples touch every topic of the built-in table', () => {
  const topics = examples.flatMap(({ source }) =>
    storiesOf(parse(source).digest).flatMap((story) => story.topics),
  );
  expect(new Set(topics)).toEqual(new Set(builtInTopics.map(({ id }) => id)));
});

it.each([
  ['ai-daily', { categories: 5, stories: 11, analyses: 0, trends: 0 }],
  ['tech-brief', { categories: 4, stories: 10, analyses: 1, trends: 3 }],
  ['tech-weekly', { categories: 5, stories: 7, analyses: 0, trends: 0 }],
])('the example %s is parsed whole', (prefix, counts) => {
  const { digest, unparsed } = parse(starting(prefix)[0]!.source);
  expect({
    categories: digest.categories.length,
    stories: storiesOf(digest).length,
    analyses: digest.analyses.length,
    trends: digest.trends.length,
  }).toEqual(counts);
  expect(digest.date).toBe('2026-03-02');
  expect(unparsed).toEqual([]);
});

it.each(examples)('what parse prints of $name parses to the same digest', ({ source }) => {
  const { digest } = parse(source);
  const again = parse(JSON.stringify({ digest })).digest;
  const withoutLines = (value: typeof digest) =>
    JSON.parse(
      JSON.stringify(value, (key, inner) => (key === 'line' || key === 'format' ? undefined : inner)),
    );
  expect(withoutLines(again)).toEqual(withoutLines(digest));
});
