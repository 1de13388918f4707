/** Dates as digests write them: 2026-02-03, 2026/2/3, 2026年2月3日, February 3, 2026. */

export interface FoundDate {
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly start: number;
  readonly end: number;
}

/** The first date of the text that the calendar has. */
export function findDate(text: string): FoundDate | undefined {
  for (const match of text.matchAll(written)) {
    const { y, m, d, month, day, year, day_, month_, year_ } = match.groups ?? {};
    const date =
      y !== undefined
        ? dateOf(y, Number(m), Number(d))
        : dateOf(year ?? year_, monthOf(month ?? month_), Number(day ?? day_));
    if (date !== undefined) return { date, start: match.index, end: match.index + match[0].length };
  }
  return undefined;
}

/** Whether the text is `YYYY-MM-DD` and the calendar has that day. */
export function isCalendarDate(text: string): boolean {
  const [, y, m, d] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  return dateOf(y, Number(m), Number(d)) !== undefined;
}

/** `NAME (2026-02-03)` → `NAME`; any other way of giving the date stays in the title. */
export function titleWithoutDate(title: string): string {
  const name = title.replace(/\s*[(（]\s*\d{4}-\d{2}-\d{2}\s*[)）]\s*$/, '');
  return name.trim() === '' ? title : name;
}

/** What is left of a line when its first date and the day of the week are taken away. */
export function besidesDate(text: string): string {
  const found = findDate(text);
  if (found === undefined) return text;
  return `${text.slice(0, found.start)} ${text.slice(found.end)}`.replace(weekday, ' ');
}

const monthNames = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const monthPattern =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';

const written = new RegExp(
  [
    '(?<!\\d)(?<y>\\d{4})(?:-|/|\\.|年\\s?)(?<m>\\d{1,2})(?:-|/|\\.|月\\s?)(?<d>\\d{1,2})(?:日|号)?(?!\\d)',
    `\\b(?<month>${monthPattern}) (?<day>\\d{1,2})(?:st|nd|rd|th)?,? (?<year>\\d{4})\\b`,
    `\\b(?<day_>\\d{1,2})(?:st|nd|rd|th)? (?<month_>${monthPattern}),? (?<year_>\\d{4})\\b`,
  ].join('|'),
  'giu',
);

const weekday =
  /[(（]?(?:星期|周|礼拜)[一二三四五六日天][)）]?|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b/giu;

function monthOf(name: string | undefined): number {
  return monthNames.indexOf((name ?? '').slice(0, 3).toLowerCase()) + 1;
}

function dateOf(year: string | undefined, month: number, day: number): string | undefined {
  if (year === undefined || month < 1 || month > 12 || day < 1) return undefined;
  const date = new Date(Date.UTC(Number(year), month - 1, day));
  const isSame =
    date.getUTCFullYear() === Number(year) && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isSame ? date.toISOString().slice(0, 10) : undefined;
}
