/** Numbers and moments as the demo pages show them. */

/** `812 B`, `41.2 KB`, `1.3 MB` */
export function showBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `2026-02-03 08:00:12` in the time zone of this machine. @param iso ISO 8601 */
export function showMoment(iso: string): string {
  return new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' }).format(new Date(iso));
}
