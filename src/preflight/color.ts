/** Colours as CSS writes them, and how well one can be read on another (WCAG 2.2 §1.4.3). */

import { contrastOfChannels } from '../core/contrast.ts';

/** Red, green, blue 0–255, alpha 0–1. */
export type Color = readonly [number, number, number, number];

export const black: Color = [0, 0, 0, 1];
export const white: Color = [255, 255, 255, 1];

/** Undefined for what is no colour written as hex digits, rgb() or one of the plain names. */
export function parseColor(text: string): Color | undefined {
  const value = text.trim().toLowerCase();
  const name = names[value];
  if (name !== undefined) return name;
  const hex = /^#([\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/.exec(value)?.[1];
  if (hex !== undefined) return fromHex(hex);
  const parts = /^rgba?\(([^)]*)\)$/
    .exec(value)?.[1]
    ?.split(/[\s,/]+/)
    .filter((part) => part !== '');
  if (parts === undefined || parts.length < 3) return undefined;
  const [red, green, blue, alpha = 1] = parts.map((part, index) =>
    part.endsWith('%') ? (Number(part.slice(0, -1)) / 100) * (index === 3 ? 1 : 255) : Number(part),
  );
  const color: Color = [red ?? 0, green ?? 0, blue ?? 0, alpha];
  return color.every(Number.isFinite) ? color : undefined;
}

/** What is seen of a colour that lets another through. */
export function over(front: Color, back: Color): Color {
  const mix = (index: 0 | 1 | 2) => front[index] * front[3] + back[index] * (1 - front[3]);
  return [mix(0), mix(1), mix(2), 1];
}

/** 1 to 21; neither colour may let another through. */
export function contrastRatio(one: Color, other: Color): number {
  return contrastOfChannels(one, other);
}

export function hexOf(color: Color): string {
  const digits = color.slice(0, 3).map((part) => Math.round(part).toString(16).padStart(2, '0'));
  return `#${digits.join('')}`;
}

const names: Readonly<Record<string, Color>> = {
  black,
  white,
  gray: [128, 128, 128, 1],
  grey: [128, 128, 128, 1],
  silver: [192, 192, 192, 1],
  red: [255, 0, 0, 1],
  green: [0, 128, 0, 1],
  blue: [0, 0, 255, 1],
  transparent: [0, 0, 0, 0],
};

function fromHex(hex: string): Color {
  const digits = hex.length <= 4 ? [...hex].map((digit) => digit + digit) : (hex.match(/../g) ?? []);
  const [red = 0, green = 0, blue = 0, alpha = 255] = digits.map((pair) => Number.parseInt(pair, 16));
  return [red, green, blue, alpha / 255];
}
