import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closest, editDistance } from '../../src/config/closest.ts';

describe('the closest known word', () => {
  const known = ['timezone', 'schedule', 'name', 'from', 'url'];

  it.each([
    ['timezon', 'timezone'],
    ['time_zone', 'timezone'],
    ['Schedule', 'schedule'],
    ['nmae', 'name'],
    ['form', 'from'],
    ['uri', 'url'],
  ])('to %s is %s', (word, expected) => expect(closest(word, known)).toBe(expected));

  it.each(['pigeon', 'x', 'ab', ''])('to %s is none', (word) => expect(closest(word, known)).toBeUndefined());
});

describe('the distance of two words', () => {
  const word = fc.string({ maxLength: 12 });

  it('is 0 for the same word only, and the same both ways', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBe(editDistance(b, a));
      }),
    );
  });

  it('is never longer than a detour, nor than the longer word', () => {
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});
