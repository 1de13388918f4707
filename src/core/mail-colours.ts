/** The colours of a mail, in light and in dark mode. An operator chooses the accent; the others stay. */

export interface MailColours {
  /** Around the card, and behind the footer. */
  readonly page: string;
  /** Behind everything else. */
  readonly card: string;
  /** Behind the lede and what is set off from the news. */
  readonly tint: string;
  readonly text: string;
  /** Of what is told besides: counts, backgrounds, sources, the footer. */
  readonly muted: string;
  /** Links, and the few lines that part the mail. */
  readonly accent: string;
  /** Hairlines; they carry no meaning. */
  readonly rule: string;
}

export const lightColours: MailColours = {
  page: '#f1f3f5',
  card: '#ffffff',
  tint: '#f4f7fa',
  text: '#1f2328',
  muted: '#59636e',
  accent: '#0b5cad',
  rule: '#dfe3e8',
};

export const darkColours: MailColours = {
  page: '#0d1117',
  card: '#161b22',
  tint: '#1e2630',
  text: '#e6edf3',
  muted: '#9da7b1',
  accent: '#79b8ff',
  rule: '#30363d',
};

/** What text stands on. */
export function surfacesOf({ page, card, tint }: MailColours): readonly string[] {
  return [page, card, tint];
}
