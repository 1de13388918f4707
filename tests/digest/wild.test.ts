/** Other publishers' digests, by five rules. */
import { describe, expect, it } from 'vitest';
import { storiesOf } from '../../src/digest/digest.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { corpusFiles, hasCorpus } from './corpus.ts';
import { lostLines, urlsOf } from './line-account.ts';

const files = corpusFiles('wild');
const readable = files.filter(({ name }) => !name.startsWith('20-'));
const parse = (name: string, source: string) => parseDigest(source, { topics: builtInTopics, name });

describe.runIf(hasCorpus)('wild digests', () => {
  it.each(readable)('$name gives at least one story and its date', ({ name, source }) => {
    const { digest } = parse(name, source);
    expect(storiesOf(digest).length).toBeGreaterThan(0);
    expect(name).toContain(digest.date);
  });

  it.each(readable.filter(({ name }) => !name.endsWith('.json')))('$name has a title', ({ name, source }) => {
    expect(parse(name, source).digest.title).not.toBe('');
  });

  it.each(readable)('$name gives only addresses that the file contains', ({ name, source }) => {
    for (const url of urlsOf(parse(name, source))) expect(source).toContain(url);
  });

  it.each(readable)('$name accounts for every line', ({ name, source }) => {
    expect(lostLines(source, parse(name, source))).toEqual([]);
  });

  it('front matter alone holds no stories, and the error says what was looked for', () => {
    const empty = files.find(({ name }) => name.startsWith('20-'))!;
    expect(() => parse(empty.name, empty.source)).toThrow(
      expect.objectContaining({
        code: 'no-stories',
        exitStatus: 65,
        message: expect.stringContaining('looked for'),
      }),
    );
  });

  it('one story in five categories is one story with the topics of all of them', () => {
    const { name, source } = files.find((file) => file.name.startsWith('09-'))!;
    const stories = storiesOf(parse(name, source).digest);
    expect(new Set(stories.map(({ title }) => title)).size).toBe(stories.length);
    expect(stories.find(({ title }) => title.includes('投资万里行'))?.topics).toEqual(
      expect.arrayContaining(['models', 'funding', 'energy']),
    );
  });
});
