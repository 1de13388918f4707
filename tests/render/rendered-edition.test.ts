import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bind, escapeHtml, fill, type Piece, slotNames } from '../../src/render/rendered-edition.ts';

const slots = fc.constantFrom(...slotNames);
const { pieces } = fc.letrec<{ piece: Piece; pieces: readonly Piece[] }>((tie) => ({
  piece: fc.oneof(
    fc.string(),
    fc.record({ slot: slots }),
    fc.record({ given: slots, pieces: fc.array(tie('piece'), { maxLength: 4 }) }),
  ),
  pieces: fc.array(tie('piece'), { maxLength: 6 }),
}));
const value = fc.oneof(fc.constant(''), fc.constant('https://news.example/w/a?b=1&c=2'), fc.string());
const values = fc.record({
  unsubscribeUrl: value,
  preferencesUrl: value,
  webCopyUrl: value,
  likeUrl: value,
  dislikeUrl: value,
});

describe('a value bound for all copies', () => {
  it('stands in each as if it had been put in there', () => {
    fc.assert(
      fc.property(pieces, values, slots, (template, all, slot) => {
        const { [slot]: bound, ...rest } = all;
        const shared = bind(template, slot, bound, escapeHtml);
        const filled = fill(shared, { unsubscribeUrl: '', preferencesUrl: '', ...rest }, escapeHtml);
        expect(filled).toBe(fill(template, all, escapeHtml));
      }),
    );
  });

  it('leaves no place behind', () => {
    const template: Piece[] = ['a', { given: 'webCopyUrl', pieces: ['<', { slot: 'webCopyUrl' }, '>'] }];
    expect(bind(template, 'webCopyUrl', 'u').join('')).toBe('a<u>');
    expect(bind(template, 'webCopyUrl', '')).toEqual(['a']);
  });
});
