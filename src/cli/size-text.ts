/** Sizes for people. */

/** Of files: `6.6 kB`, `459.1 MB`. */
export function fileSize(bytes: number): string {
  return bytes < 1e6 ? kilobytes(bytes) : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A kilobyte of 1,000 bytes, as the limits are. */
export function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
