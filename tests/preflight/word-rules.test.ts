import { describe, expect, it } from 'vitest';
import { deniedWordProblems } from '../../src/preflight/word-rules.ts';
import { digestOf, storyOf } from '../helpers/digests.ts';

const digest = digestOf([
  {
    name: '政策',
    stories: [
      storyOf('某某集团发布新品', { line: 4, sources: [{ name: '报', url: 'https://spam.example/a' }] }),
      storyOf('Catalogue', { line: 9, summary: 'ACME sells.' }),
    ],
  },
]);
const found = (words: string[], subject = '') =>
  deniedWordProblems(digest, subject, words).map(
    ({ severity, rule, message }) => `${severity} ${rule}: ${message}`,
  );

describe('words that are never to be sent', () => {
  it('are found anywhere when they are Han, as whole words when they are not, whatever their case', () => {
    expect(found(['某集团', 'acme', 'cat'])).toEqual([
      'error denied-word: line 4: "某集团" is one of the denyWords',
      'error denied-word: line 9: "acme" is one of the denyWords',
    ]);
  });

  it('are found in links and in the operator’s subject too', () => {
    expect(found(['spam.example', '抽奖'], '抽奖啦')).toEqual([
      'error denied-word: line 4: "spam.example" is one of the denyWords',
      'error denied-word: the subject: "抽奖" is one of the denyWords',
    ]);
  });

  it('are none unless the operator names some', () => {
    expect(found([])).toEqual([]);
  });
});
