/** The mail's own words, ready to be said. The language is the newsletter's. */
import type { Catalogue } from './catalogue.ts';
import { readCatalogue } from './catalogue.ts';
import type { Masthead } from './masthead.ts';

type Texts = Omit<
  Catalogue,
  | 'dayOfWeek'
  | 'storyCount'
  | 'shortCount'
  | 'readingMinutes'
  | 'moreOnWeb'
  | 'moreHere'
  | 'omitted'
  | 'omittedHere'
  | 'yourTopics'
  | 'topicsHere'
  | 'whyYouGetThis'
  | 'about'
  | 'subjectTail'
>;

/** Texts as the catalogue has them, and those with places as functions of what goes there. */
export interface Wording extends Texts {
  /** Month, day and weekday. @param date `YYYY-MM-DD`; it has no time zone here: it is the day the issue names */
  readonly dayOfWeek: (date: string) => string;
  readonly weekday: (date: string) => string;
  /** Day, month and year. */
  readonly fullDate: (date: string) => string;
  readonly storyCount: (count: number) => string;
  readonly shortCount: (count: number) => string;
  readonly readingMinutes: (minutes: number) => string;
  readonly moreOnWeb: (count: number) => string;
  readonly moreHere: (count: number) => string;
  readonly omitted: (count: number) => string;
  readonly omittedHere: (count: number) => string;
  readonly yourTopics: (topics: string) => string;
  readonly topicsHere: (topics: string) => string;
  readonly whyYouGetThis: (newsletter: string, topics: string) => string;
  readonly about: (newsletter: string) => string;
  readonly subjectTail: (newsletter: string, day: string) => string;
}

/** @throws PaperboyError `file-unreadable`, `template-invalid` */
export async function readWording(templates: string, language: Masthead['language']): Promise<Wording> {
  return wordingOf(await readCatalogue(templates, language));
}

function wordingOf(catalogue: Catalogue): Wording {
  const plurals = new Intl.PluralRules(catalogue.lang);
  const counted = (forms: Catalogue['omitted']) => (count: number) =>
    put((plurals.select(count) === 'one' ? forms.one : undefined) ?? forms.other, { count: String(count) });
  const day = dateWriter(catalogue.lang, { month: 'short', day: 'numeric' });
  const weekday = dateWriter(catalogue.lang, { weekday: 'long' });
  return {
    ...catalogue,
    dayOfWeek: (date) => put(catalogue.dayOfWeek, { day: day(date), weekday: weekday(date) }),
    weekday,
    fullDate: dateWriter(catalogue.lang, { year: 'numeric', month: 'short', day: 'numeric' }),
    storyCount: counted(catalogue.storyCount),
    shortCount: counted(catalogue.shortCount),
    readingMinutes: counted(catalogue.readingMinutes),
    moreOnWeb: counted(catalogue.moreOnWeb),
    moreHere: counted(catalogue.moreHere),
    omitted: counted(catalogue.omitted),
    omittedHere: counted(catalogue.omittedHere),
    yourTopics: (topics) => put(catalogue.yourTopics, { topics }),
    topicsHere: (topics) => put(catalogue.topicsHere, { topics }),
    whyYouGetThis: (newsletter, topics) => put(catalogue.whyYouGetThis, { newsletter, topics }),
    about: (newsletter) => put(catalogue.about, { newsletter }),
    subjectTail: (newsletter, day) => put(catalogue.subjectTail, { newsletter, day }),
  };
}

/** A value that holds `{name}` itself stays as it is: each place is filled once. */
function put(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
}

function dateWriter(lang: string, options: Intl.DateTimeFormatOptions): (date: string) => string {
  const format = new Intl.DateTimeFormat(lang, { ...options, timeZone: 'UTC' });
  return (date) => format.format(new Date(`${date}T00:00:00Z`));
}
