import { describe, expect, it } from 'vitest';
import { contrastOf, leastContrast, mixed } from '../../src/core/contrast.ts';
import { darkColours, lightColours, surfacesOf } from '../../src/core/mail-colours.ts';

describe('contrast', () => {
  it('is what WCAG says it is', () => {
    expect(contrastOf('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrastOf('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
    expect(contrastOf('#767676', '#FFFFFF')).toBeCloseTo(4.54, 2);
    expect(contrastOf('#1677ff', '#ffffff')).toBeCloseTo(4.1, 1);
    expect(contrastOf('#161b22', '#79b8ff')).toBeCloseTo(8.3, 1);
    expect(contrastOf('#123456', '#123456')).toBe(1);
  });

  it('changes with what is mixed in', () => {
    expect(mixed('#204060', '#ffffff', 0)).toBe('#204060');
    expect(mixed('#204060', '#ffffff', 0.5)).toBe('#90a0b0');
    expect(mixed('#204060', '#000000', 1)).toBe('#000000');
  });
});

describe.each([
  ['light', lightColours],
  ['dark', darkColours],
])('the colours of a mail in %s mode', (_, colours) => {
  it.each(surfacesOf(colours))('can all be read on %s', (surface) => {
    for (const name of ['text', 'muted', 'accent'] as const) {
      expect([name, contrastOf(colours[name], surface) >= leastContrast]).toEqual([name, true]);
    }
  });
});
