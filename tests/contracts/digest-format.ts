/** What every digest format promises, whatever it looks like. */
import { describe, expect, it } from 'vitest';
import type { DigestFormat } from '../../src/digest/digest.ts';
import { storiesOf } from '../../src/digest/digest.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { lostLines, urlsOf } from '../digest/line-account.ts';

export interface DigestSample {
  readonly name: string;
  readonly source: string;
}

/** Runs the contract over samples of one format. */
export function describeDigestFormat(format: DigestFormat, samples: readonly DigestSample[]): void {
  describe.each(samples)(`the ${format} format: $name`, ({ name, source }) => {
    const parse = (text: string | Buffer) => parseDigest(text, { topics: builtInTopics, name });

    it('is detected', () => expect(parse(source).digest.format).toBe(format));

    it('gives at least one story, each with a title, a line and a topic', () => {
      const stories = storiesOf(parse(source).digest);
      expect(stories.length).toBeGreaterThan(0);
      for (const story of stories) {
        expect(story.title).toMatch(/[\p{L}\p{N}]/u);
        expect(story.line).toBeGreaterThan(0);
        expect(story.topics.length).toBeGreaterThan(0);
      }
    });

    it('accounts for every line', () => expect(lostLines(source, parse(source))).toEqual([]));

    it('invents no address', () => {
      for (const url of urlsOf(parse(source))) expect(source).toContain(url);
    });

    it('reads the same twice, and the same from bytes, with a BOM and with CRLF', () => {
      const once = parse(source);
      expect(parse(source)).toEqual(once);
      expect(parse(Buffer.from(source))).toEqual(once);
      expect(parse(`\ufeff${source.replace(/\n/g, '\r\n')}`)).toEqual(once);
    });
  });
}
