/** Contrast of colours, after WCAG 2.2. A colour is written `#rrggbb`. */

/** What text must have to its background (WCAG 2.2 §1.4.3, level AA), whatever its size. */
export const leastContrast = 4.5;

/** From 1 (the same) to 21 (black and white), whichever of the two is the text. */
export function contrastOf(one: string, other: string): number {
  return contrastOfChannels(channelsOf(one), channelsOf(other));
}

/** The same of colours given as red, green and blue, 0 to 255 each; what comes behind is not looked at. */
export function contrastOfChannels(one: readonly number[], other: readonly number[]): number {
  const [darker = 0, lighter = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** `share` of the second colour, 0 to 1, in the first. */
export function mixed(colour: string, other: string, share: number): string {
  const parts = channelsOf(other);
  const channels = channelsOf(colour).map((value, i) =>
    Math.round(value + ((parts[i] ?? 0) - value) * share),
  );
  return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** Relative luminance: 0 for black, 1 for white. */
function luminanceOf(channels: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = channels.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channelsOf(colour: string): readonly number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
