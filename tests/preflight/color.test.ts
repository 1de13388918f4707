import { describe, expect, it } from 'vitest';
import { type Color, contrastRatio, hexOf, over, parseColor } from '../../src/preflight/color.ts';

const ratio = (one: string, other: string) =>
  contrastRatio(parseColor(one) as Color, parseColor(other) as Color);

describe('colours', () => {
  it.each([
    ['#abc', '#aabbcc'],
    ['#0B5CAD', '#0b5cad'],
    ['rgb(11, 92, 173)', '#0b5cad'],
    ['rgb(100% 0% 0%)', '#ff0000'],
    [' White ', '#ffffff'],
  ])('reads %s', (text, hex) => expect(hexOf(parseColor(text) as Color)).toBe(hex));

  it.each(['', 'inherit', '#12', 'rgb(1,2)', 'url(x.png)', 'rgb(a,b,c)'])(
    'does not take %j for one',
    (text) => expect(parseColor(text)).toBeUndefined(),
  );

  it('lets what is behind a colour through', () => {
    expect(hexOf(over(parseColor('rgba(0,0,0,.5)') as Color, [255, 255, 255, 1]))).toBe('#808080');
  });

  // Measured by others: the WCAG's own extremes, and the pairs of our mail.
  it.each([
    ['#000', '#fff', 21],
    ['#777777', '#ffffff', 4.48],
    ['#1f2328', '#ffffff', 15.8],
    ['#1677ff', '#ffffff', 4.1],
    ['#79b8ff', '#161b22', 8.3],
  ])('%s on %s has a contrast of %d', (one, other, expected) => {
    expect(ratio(one, other)).toBeCloseTo(expected, 1);
    expect(ratio(other, one)).toBe(ratio(one, other));
  });
});
