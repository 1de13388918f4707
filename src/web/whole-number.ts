/** Numbers in addresses of pages. */

/** A whole number not below 0, of decimal digits alone; null for anything else. */
export function wholeNumber(text: string | undefined): number | null {
  return /^\d{1,9}$/.test(text ?? '') ? Number(text) : null;
}
