/** The rules of `check`: over the digest once, then over every edition and a copy of it. Pure. */
import { type PaperboyError, toPaperboyError } from '../core/errors.ts';
import type { Digest, ParsedDigest } from '../digest/digest.ts';
import type { Repeat } from '../edition/repeats.ts';
import { chatterProblems } from './chatter-rules.ts';
import { dateProblems } from './date-rules.ts';
import { formProblems, headerProblems } from './header-rules.ts';
import { createHtmlLook } from './html-rules.ts';
import { copyLinkProblems, digestLinkProblems } from './link-rules.ts';
import { parseProblems } from './parse-rules.ts';
import { markProblems, placeholderProblems } from './placeholder-rules.ts';
import { type Problem, problemOf, type StoryLines } from './problem.ts';
import { isEmptied, repeatProblems, sameProblems } from './repeat-rules.ts';
import type { Rule } from './rules.ts';
import { type EditionReport, type EditionSample, reportOf } from './sample.ts';
import { copyProblems, type SenderFacts, senderProblems } from './sender-rules.ts';
import { messageProblems, type ShownPart, sizeProblems } from './size-rules.ts';
import { spamProblems } from './spam-rules.ts';
import { fewStories, storyProblems } from './story-rules.ts';
import { subjectProblems } from './subject-rules.ts';
import { unusualProblems } from './usual-rules.ts';
import { deniedWordProblems } from './word-rules.ts';

export interface PreflightInput {
  /** Without the repeats that are left out. */
  readonly parsed: ParsedDigest;
  /** Stories that the newsletter published in the last 14 days, those left out and those marked as updates. */
  readonly repeats: readonly Repeat[];
  /** `YYYY-MM-DD` of the issue that was published before this one; null: none that is known. */
  readonly previousDate: string | null;
  /** What the newsletter published in the last weeks; empty when nobody can be asked. */
  readonly past: readonly Digest[];
  /** `YYYY-MM-DD` of the issue. */
  readonly date: string;
  /** `YYYY-MM-DD` in the newsletter's time zone. */
  readonly today: string;
  /** The operator's own subject; empty: the stories make it. */
  readonly subject: string;
  readonly sender: SenderFacts;
  /** Words that the operator never wants to send. */
  readonly denyWords: readonly string[];
  /** Each is looked at and let go: an issue may have thousands. What can't be rendered or composed is a problem. */
  readonly editions: Iterable<EditionSample | Problem>;
}

export interface PreflightReport {
  readonly editions: readonly EditionReport[];
  /** Errors first; what concerns the whole issue before what concerns an edition. */
  readonly problems: readonly Problem[];
  readonly storyLines: StoryLines;
}

export function preflight(input: PreflightInput): PreflightReport {
  const editions: EditionReport[] = [];
  const storyLines = new Map<string, ReadonlySet<number>>();
  const problems = issueProblems(input);
  const htmlProblems = createHtmlLook();
  for (const entry of input.editions) {
    if ('severity' in entry) {
      problems.push(entry);
      continue;
    }
    const report = reportOf(entry);
    editions.push(report);
    storyLines.set(report.id, linesIn(entry.edition));
    problems.push(...editionProblems(entry, report, input.sender), ...htmlProblems(entry));
  }
  return { editions, problems: problems.toSorted(byGravity), storyLines };
}

/** The report with what was found elsewhere, in its order. */
export function withProblems(report: PreflightReport, more: readonly Problem[]): PreflightReport {
  return { ...report, problems: [...report.problems, ...more].toSorted(byGravity) };
}

/** What could not be rendered or composed, as a problem. @throws what is no fault of digest, template or configuration */
export function asProblem(thrown: unknown, edition?: string): Problem {
  const { code, message }: PaperboyError = toPaperboyError(thrown);
  const rule = reportable.find((known) => known === code);
  if (rule === undefined) throw thrown;
  return problemOf(rule, message, edition);
}

const reportable = [
  'render-failed',
  'template-invalid',
  'message-invalid',
  'address-invalid',
  'dkim-invalid',
] as const satisfies Rule[];

function issueProblems(input: PreflightInput): Problem[] {
  const { parsed, repeats, previousDate, past, date, today, subject, sender, denyWords } = input;
  return [
    ...senderProblems(sender),
    ...(isEmptied(parsed.digest, repeats) ? [] : storyProblems(parsed.digest)),
    ...repeatProblems(parsed.digest, repeats),
    ...sameProblems(parsed.digest, repeats, previousDate),
    ...unusualProblems(parsed.digest, past),
    ...placeholderProblems(parsed.digest, subject),
    ...deniedWordProblems(parsed.digest, subject, denyWords),
    ...chatterProblems(parsed),
    ...digestLinkProblems(parsed.digest),
    ...dateProblems(date, today),
    ...parseProblems(parsed),
  ];
}

function editionProblems(sample: EditionSample, report: EditionReport, sender: SenderFacts): Problem[] {
  return [
    ...sizeProblems(shownPartOf(sample), sample.rendered.leftOut),
    ...messageProblems(report),
    ...subjectProblems(report),
    ...spamProblems(report),
    ...markProblems(sample),
    ...copyProblems(sample, sender),
    ...headerProblems(sample),
    ...formProblems(sample),
    ...copyLinkProblems(sample),
    ...fewStories(report),
  ];
}

function shownPartOf({ edition, rendered, html, text }: EditionSample): ShownPart {
  const [kind, part] = rendered.format === 'html' ? (['HTML', html] as const) : (['text', text] as const);
  return { id: edition.id, kind, bytes: Buffer.byteLength(part, 'utf8') };
}

function linesIn({ categories }: EditionSample['edition']): ReadonlySet<number> {
  return new Set(categories.flatMap(({ stories }) => stories.map(({ line }) => line)));
}

function byGravity(one: Problem, other: Problem): number {
  return rank(one) - rank(other);
}

function rank({ severity, edition }: Problem): number {
  return (severity === 'error' ? 0 : 2) + (edition === undefined ? 0 : 1);
}
