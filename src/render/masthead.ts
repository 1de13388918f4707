/** What a mail says of its newsletter and of who sends it. */
export interface Masthead {
  /** Newsletter id. */
  readonly newsletter: string;
  /** As readers know it: the h1 and the end of the subject. */
  readonly name: string;
  /** Of the mail's own wording; the digest may be in another. */
  readonly language: 'zh' | 'en';
  readonly legalName: string;
  readonly postalAddress: string;
  /** Address for questions; empty: none is shown. */
  readonly contact: string;
  /** Where people subscribe; absent: they write to `contact`. */
  readonly subscribeUrl?: string;
  readonly assembledBy: 'machine' | 'edited';
  readonly sponsored: boolean;
  readonly theme: Theme;
}

/** What a newsletter's mails look like besides what all look like. */
export interface Theme {
  /** `#rrggbb`, readable on every surface of `lightColours`, and the same for dark mode. */
  readonly accent: string;
  readonly accentDark: string;
  /** Beside the name, as decoration: width and height in pixels. */
  readonly logo?: { readonly url: string; readonly width: number; readonly height: number };
  /** The operator's own words in the footer; empty: none. */
  readonly footer: string;
}
