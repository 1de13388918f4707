/** Sizes for people. */

/** A kilobyte of 1,000 bytes, as the limits are. */
export function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
