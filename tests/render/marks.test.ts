import { describe, expect, it } from 'vitest';
import { cutAtMarks } from '../../src/render/marks.ts';

const nonce = 'f'.repeat(32);

describe('marks', () => {
  it('become blocks and places, and nothing of them is left', () => {
    const html = `<p>a<!--${nonce} open one-->b(${nonce} count.0)<!--${nonce} open two-->c<!--${nonce} close two--><!--${nonce} close one-->d`;
    expect(cutAtMarks(html, nonce)).toEqual([
      '<p>a',
      { block: 'one', parts: ['b', { value: 'count.0' }, { block: 'two', parts: ['c'] }] },
      'd',
    ]);
  });

  it('of another nonce are text', () => {
    const html = `(${'0'.repeat(32)} unsubscribeUrl)`;
    expect(cutAtMarks(html, nonce)).toEqual([html]);
  });

  it('must be closed in order', () => {
    expect(() => cutAtMarks(`<!--${nonce} open a-->`, nonce)).toThrow(/opens and closes “a”/);
    expect(() =>
      cutAtMarks(`<!--${nonce} open a--><!--${nonce} open b--><!--${nonce} close a-->`, nonce),
    ).toThrow(expect.objectContaining({ code: 'render-failed' }));
  });
});
