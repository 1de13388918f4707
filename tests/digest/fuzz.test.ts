/**
 * Lines in every shape that digests have, in any order: nothing crashes or hangs, no line is lost, no address made up.
 * `PAPERBOY_FUZZ=100000 npx vitest run tests/digest/fuzz.test.ts` tries that many; PAPERBOY_SEED repeats a run.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PaperboyError } from '../../src/core/errors.ts';
import { storiesOf } from '../../src/digest/digest.ts';
import { type ExplainedDigest, explainDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { lostLines, urlsOf } from './line-account.ts';
import { lineSoup } from './line-soup.ts';

const runs = Number(process.env.PAPERBOY_FUZZ ?? 1_500);
const seed = process.env.PAPERBOY_SEED;

function explained(source: string): ExplainedDigest | undefined {
  try {
    return explainDigest(source, { topics: builtInTopics, name: 'fuzz', force: true });
  } catch (error) {
    if (!(error instanceof PaperboyError)) throw error;
    return undefined;
  }
}

it('a soup of lines is read or refused, no line lost, no address made up, every line explained', {
  timeout: 0,
}, () => {
  fc.assert(
    fc.property(lineSoup, (source) => {
      const parsed = explained(source);
      if (parsed === undefined) return;
      for (const url of urlsOf(parsed)) expect(source).toContain(url);
      for (const story of storiesOf(parsed.digest)) expect(story.title).toMatch(/[\p{L}\p{N}]/u);
      expect(lostLines(source, parsed)).toEqual([]);
      expect(new Set(parsed.explain.map((entry) => entry.line)).size).toBe(
        source.split('\n').filter((text) => text.replace(/[\u202e\s]/g, '') !== '').length,
      );
    }),
    { numRuns: runs, ...(seed !== undefined && { seed: Number(seed) }) },
  );
});
