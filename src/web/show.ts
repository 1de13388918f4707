/** Numbers and moments as the pages show them. */

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

/** `2026年3月2日星期一`, `Monday, Mar 2, 2026`. @param date `YYYY-MM-DD`: the day an issue names, in no time zone */
export function showDay(date: string, language: 'zh' | 'en'): string {
  return dayFormats[language].format(new Date(`${date}T00:00:00Z`));
}

const dayOptions = {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  weekday: 'long',
  timeZone: 'UTC',
} as const;
const dayFormats = {
  zh: new Intl.DateTimeFormat('zh-CN', dayOptions),
  en: new Intl.DateTimeFormat('en', dayOptions),
} as const;
