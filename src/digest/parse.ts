/**
 * From a digest file to the digest: decode, detect, parse, collapse duplicates, resolve topics, account for every line.
 *
 * The account: the letters of every line stand in a field or the line is listed in `unparsed`. Pure structure may be
 * consumed without standing in a field: rules and table rulers, label words (说明：), numbers before a heading, HTML
 * tags, and the keys of used front matter. Lines that the model has no field for (images, other front matter, code
 * fences, links that are not safe, other days, headings that no story stands under) are listed too, but they are
 * left out on purpose and do not count towards the fifth of the text above which a file counts as misread.
 */
import { PaperboyError } from '../core/errors.ts';
import { assembleDigest } from './assemble.ts';
import { withoutBoilerplate } from './boilerplate.ts';
import { withoutAsides } from './chatter.ts';
import { cleanLines } from './clean-lines.ts';
import { isCalendarDate } from './dates.ts';
import { splitDays } from './days.ts';
import { detectFormat, digestFormats } from './detect.ts';
import type { DigestFormat, ParsedDigest } from './digest.ts';
import type { DigestDraft, FormatParser } from './draft.ts';
import { type Explained, explainLines } from './explain.ts';
import { parseJson } from './json.ts';
import { parseLabelled } from './labelled.ts';
import { parseMarkdown } from './markdown.ts';
import { mergeStories } from './merge-stories.ts';
import { nameSites } from './name-sites.ts';
import { withoutPostHeaders } from './post-headers.ts';
import { countLetters } from './reading.ts';
import { decodeDigest, linesOf, type SourceLine } from './source-lines.ts';
import { parseTagged } from './tagged.ts';
import { createTally, type Tally } from './tally.ts';
import type { Topic } from './topics.ts';

export interface ParseOptions {
  /** The table stories are resolved against; it holds `other`. */
  readonly topics: readonly Topic[];
  /** Names the input in errors, e.g. the file name. */
  readonly name: string;
  /** `YYYY-MM-DD`: overrides the file's date, or selects one of several days. */
  readonly date?: string;
  /** Skips detection. */
  readonly format?: DigestFormat;
  /** Accepts a file of which more than a fifth was not understood. */
  readonly force?: boolean;
}

/**
 * Parses one day's digest. A missing date is no error: `digest.date` is null then.
 *
 * @throws PaperboyError `digest-too-large`, `digest-unreadable`, `format-unknown`, `date-invalid`, `several-days`,
 * `date-absent`, `no-stories`, `too-much-unparsed`
 */
export function parseDigest(source: Buffer | string, options: ParseOptions): ParsedDigest {
  return parseText(source, options).parsed;
}

export interface ExplainedDigest extends ParsedDigest {
  /** Every line that is not blank, with what it became. */
  readonly explain: readonly Explained[];
}

/** Like `parseDigest`, with an account of every line. @throws what `parseDigest` throws */
export function explainDigest(source: Buffer | string, options: ParseOptions): ExplainedDigest {
  const { parsed, read } = parseText(source, options);
  const lines = linesOf(decodeDigest(source, options.name));
  const { tally, format } = read;
  const whyLeftOut = format === 'json' ? () => 'no field is for it' : tally.whyLeftOut;
  return { ...parsed, explain: explainLines(lines, parsed, { isUsed: tally.isUsed, whyLeftOut }) };
}

function parseText(
  source: Buffer | string,
  options: ParseOptions,
): { readonly parsed: ParsedDigest; readonly read: Read } {
  requireOptions(options);
  const text = decodeDigest(source, options.name);
  const read = readText(text, options);
  nameSites(read.draft.categories);
  const categories = mergeStories(read.draft.categories, read.tally);
  if (!categories.some(({ stories }) => stories.length > 0)) throw noStories(options.name, read.format);
  const digest = assembleDigest(read.draft, read.format, categories, read.tally, options);
  for (const { stories, lines } of categories) {
    if (stories.length === 0)
      for (const line of lines) read.tally.leaveOut(line, 'a heading that no story stands under');
  }
  requireUnderstanding(read, options);
  const warnings = read.tally.warnings.toSorted((a, b) => a.line - b.line);
  return { parsed: { digest, warnings, unparsed: read.unparsed() }, read };
}

function requireOptions({ date, format, name }: ParseOptions): void {
  if (date !== undefined && !isCalendarDate(date)) {
    throw new PaperboyError(
      'date-invalid',
      `“${date}” was given as the date of ${name}; a day as YYYY-MM-DD was expected`,
    );
  }
  if (format !== undefined && !digestFormats.includes(format)) {
    throw new PaperboyError(
      'format-unknown',
      `“${format}” is no digest format; known are ${digestFormats.join(', ')}`,
    );
  }
}

interface Read {
  readonly draft: DigestDraft;
  readonly format: DigestFormat;
  readonly tally: Tally;
  readonly unparsed: () => ParsedDigest['unparsed'];
  readonly unparsedShare: () => number;
}

const lineParsers: Readonly<Record<Exclude<DigestFormat, 'json'>, FormatParser>> = {
  labelled: parseLabelled,
  tagged: parseTagged,
  markdown: parseMarkdown,
};

function readText(text: string, options: ParseOptions): Read {
  const tally = createTally();
  const all = linesOf(text);
  const isJson = (options.format ?? detectFormat(text, [], options.topics)) === 'json';
  if (isJson) {
    const { draft, unused } = parseJson(text, options.name, tally);
    return { draft, format: 'json', tally, unparsed: () => unused, unparsedShare: () => 0 };
  }
  const cleaned = withoutBoilerplate(
    withoutAsides(withoutPostHeaders(cleanLines(all, tally), tally), tally),
    tally,
  );
  const lines = oneDay(cleaned, options, tally);
  const detected = options.format ?? detectFormat('', lines, options.topics);
  const format = detected === 'json' ? 'markdown' : detected;
  const draft = lineParsers[format]({ lines, tally, topics: options.topics });
  return {
    draft,
    format,
    tally,
    unparsed: () => tally.unparsed(all),
    unparsedShare: () => tally.unparsedShare(all),
  };
}

/** The lines of the one day, or of the day asked for; the others are left out. */
function oneDay(
  lines: readonly SourceLine[],
  { date, name }: ParseOptions,
  tally: Tally,
): readonly SourceLine[] {
  const { before, days } = splitDays(lines);
  if (days.length === 0) return lines;
  const dates = days.map((day) => day.date).join(', ');
  if (date === undefined) {
    throw new PaperboyError('several-days', `${name} holds several days: ${dates}; one was expected`, {
      hint: 'Choose one with --date YYYY-MM-DD.',
    });
  }
  const chosen = days.find((day) => day.date === date);
  if (chosen === undefined) {
    throw new PaperboyError('date-absent', `${name} holds no ${date}; it holds ${dates}`);
  }
  for (const day of days)
    if (day !== chosen) for (const { line } of day.lines) tally.leaveOut(line, `another day, ${day.date}`);
  return [...before, ...chosen.lines];
}

function noStories(name: string, format: DigestFormat): PaperboyError {
  return new PaperboyError(
    'no-stories',
    `no story found in ${name}, read as ${format}; looked for ` +
      'bold titles followed by 说明：, 背景：, 要点： or 来源出处：; TAG-title lines followed by a paragraph; ' +
      'Markdown headings with text, list items, numbered or bold titles, tables; JSON lists of headlines',
    {
      hint: 'Front matter alone, a single paragraph or an index page holds no stories. --format names the format.',
    },
  );
}

function requireUnderstanding(
  { unparsed, unparsedShare, format }: Read,
  { force, name }: ParseOptions,
): void {
  const share = unparsedShare();
  if (share <= 0.2 || force === true) return;
  const first = unparsed()
    .filter(({ text }) => countLetters(text) > 0)
    .slice(0, 5)
    .map(({ line }) => line);
  throw new PaperboyError(
    'too-much-unparsed',
    `${Math.round(share * 100)} % of ${name}, read as ${format}, was not understood, more than a fifth; lines ${first.join(', ')} …`,
    { hint: 'See `paperboy parse`, try --format, or accept it with --force.' },
  );
}
