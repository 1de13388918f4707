/** The message catalogues of a mail, `words/{zh,en}.json` of the templates: the form they have, and how they are read. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PaperboyError } from '../core/errors.ts';
import type { Masthead } from './masthead.ts';

/** A text that holds just these places, `{name}`. */
const text = (...names: readonly string[]) =>
  z
    .string()
    .min(1)
    .refine((value) => placesOf(value).join() === names.toSorted().join(), {
      error:
        names.length === 0
          ? 'a text without {…}'
          : `a text with ${names.map((name) => `{${name}}`).join(' and ')}`,
    });

/** A text for each plural form that the language has (CLDR: `one`, `other`). */
const counted = z.strictObject({ one: text('count').exactOptional(), other: text('count') });

const catalogueSchema = z.strictObject({
  /** Value of the `lang` attribute, BCP 47; dates are written as it is usual there. */
  lang: text(),
  colon: text(),
  /** Of the meta line. */
  dayOfWeek: text('day', 'weekday'),
  topicSeparator: text(),
  titleSeparator: text(),
  subjectTail: text('day', 'newsletter'),
  subjectSponsored: text(),
  sponsored: text(),
  storyCount: counted,
  /** Beside a heading and in the contents. */
  shortCount: counted,
  readingMinutes: counted,
  allTopics: text(),
  yourTopics: text('topics'),
  /** The same in a copy that anybody may read. */
  topicsHere: text('topics'),
  inBrief: text(),
  contents: text(),
  /** Heads stories that stand under no category of the digest's. */
  unnamedCategory: text(),
  background: text(),
  /** Source row when at least one source has a link. */
  readSource: text(),
  /** Source row when none has. */
  source: text(),
  deepDive: text(),
  trends: text(),
  closing: text(),
  /** Told when backgrounds or texts were left out for the size of the mail. */
  shortened: text(),
  /** Told when whole stories were. */
  moreOnWeb: counted,
  /** … at the end of the category that lost them. */
  moreHere: counted,
  wholeOnWeb: text(),
  omitted: counted,
  /** The same in a copy that anybody may read. */
  omittedHere: counted,
  chooseTopics: text(),
  howWasIt: text(),
  like: text(),
  dislike: text(),
  assembledByMachine: text(),
  assembledByEditor: text(),
  whyYouGetThis: text('newsletter', 'topics'),
  /** What the newsletter is, for who came across a copy of it. */
  about: text('newsletter'),
  subscribe: text(),
  /** Of a newsletter that has no page for it. */
  subscribeByMail: text(),
  pastIssues: text(),
  linksInMail: text(),
  preferences: text(),
  pause: text(),
  unsubscribe: text(),
  webCopy: text(),
  contact: text(),
});
export type Catalogue = z.infer<typeof catalogueSchema>;

/**
 * @param templates folder of the mail templates
 * @throws PaperboyError `file-unreadable`, `template-invalid` with the first key that is missing, unknown or wrong
 */
export async function readCatalogue(templates: string, language: Masthead['language']): Promise<Catalogue> {
  const file = join(templates, 'words', `${language}.json`);
  const json = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new PaperboyError('file-unreadable', `the wording ${file} cannot be read`, { cause });
  });
  try {
    return catalogueSchema.parse(JSON.parse(json));
  } catch (cause) {
    throw new PaperboyError('template-invalid', `${file}: ${reasonOf(cause)}`, { cause });
  }
}

function placesOf(value: string): readonly string[] {
  return [...value.matchAll(/\{(\w*)\}/g)].map(([, name = '']) => name).toSorted();
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof z.ZodError)) return cause instanceof Error ? cause.message : String(cause);
  const [issue] = cause.issues;
  return `${issue?.path.join('.') || 'the file'}: ${issue?.message}`;
}
