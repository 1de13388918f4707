/** What the pages of a preview show, from the report of its preflight. */
import { basename } from 'node:path';
import type { NewsletterConfig } from '../config/config.ts';
import type { ParsedDigest } from '../digest/digest.ts';
import { storiesOf } from '../digest/digest.ts';
import type { Topic } from '../digest/topics.ts';
import { untestedClients } from '../preflight/client-support.ts';
import type { PreflightReport } from '../preflight/preflight.ts';
import { concerns, hasErrors, type Problem } from '../preflight/problem.ts';
import type { EditionReport } from '../preflight/sample.ts';
import { largePartBytes } from '../preflight/size-rules.ts';
import { mostPartBytes } from '../render/size.ts';
import type {
  PreviewEdition,
  PreviewHead,
  PreviewIndex,
  PreviewProblem,
  PreviewViews,
  Verdict,
} from '../web/preview-page.ts';
import { counted } from './counted.ts';
import type { WrittenEdition } from './preview-files.ts';
import { countProblems, grouped } from './problem-text.ts';
import { kilobytes } from './size-text.ts';

export interface PreviewInput {
  readonly newsletter: NewsletterConfig;
  readonly parsed: ParsedDigest;
  /** As named on the command line. */
  readonly file: string;
  readonly topics: readonly Topic[];
  readonly report: PreflightReport;
  /** By edition id. */
  readonly written: ReadonlyMap<string, WrittenEdition>;
}

export function previewViews(input: PreviewInput): {
  readonly index: PreviewIndex;
  readonly views: readonly PreviewViews[];
} {
  const { parsed, report } = input;
  const head = headOf(input);
  const names = new Map(input.topics.map(({ id, name }) => [id, name[input.newsletter.language]]));
  const labels = new Map(report.editions.map((edition) => [edition.id, labelOf(edition, names)]));
  const editions = report.editions.map((edition) => editionView(edition, labels, input));
  const index: PreviewIndex = {
    ...head,
    facts: [
      counted(storiesOf(parsed.digest).length, 'story', 'stories'),
      counted(editions.length, 'edition', 'editions'),
      `${parsed.digest.format} format`,
    ],
    verdict: {
      text: countProblems(report.problems).replace(/^./, (first) => first.toUpperCase()),
      advice: advice[verdictOf(report.problems)],
      kind: verdictOf(report.problems),
    },
    problems: problemViews(report.problems, labels, report),
    editions,
  };
  return { index, views: editions.map((edition) => ({ ...head, edition })) };
}

const advice: Readonly<Record<Verdict, string>> = {
  error: 'The command “send” refuses this digest as it is; with --overrule it is sent all the same.',
  warning: 'Nothing keeps this digest from being sent. Look at these first.',
  good: 'Nothing keeps this digest from being sent.',
};

function headOf({ newsletter, parsed: { digest }, file }: PreviewInput): PreviewHead {
  return {
    newsletter: newsletter.name,
    title: digest.title,
    lang: digest.lang,
    date: digest.date ?? '',
    file: basename(file),
    limit: kilobytes(mostPartBytes),
    untested: untestedClients.join(', '),
  };
}

/** Characters of the text part that its small picture has room for. */
const openingLength = 600;

function editionView(
  edition: EditionReport,
  labels: ReadonlyMap<string, string>,
  { report, written }: PreviewInput,
): PreviewEdition {
  const { id, htmlBytes } = edition;
  const { files, text } = written.get(id) ?? { files: { text: '', message: '', views: '' }, text: '' };
  const own = report.problems.filter((problem) => concerns(problem, id, report.storyLines));
  return {
    id,
    label: labels.get(id) ?? id,
    kind: verdictOf(own),
    recipients: edition.recipients === null ? null : counted(edition.recipients, 'reader', 'readers'),
    stories: counted(edition.stories, 'story', 'stories'),
    minutes: counted(edition.readingMinutes, 'minute', 'minutes'),
    subject: edition.subject,
    preheader: edition.preheader,
    htmlSize: htmlBytes === 0 ? null : kilobytes(htmlBytes),
    messageSize: kilobytes(edition.messageBytes),
    fill: Math.min(100, Math.round((htmlBytes / mostPartBytes) * 100)),
    fillKind: htmlBytes > mostPartBytes ? 'error' : htmlBytes > largePartBytes ? 'warning' : 'good',
    problems: problemViews(own, labels, report),
    text,
    opening: [...text.slice(0, 2 * openingLength)].slice(0, openingLength).join(''),
    files: {
      views: files.views,
      html: files.html ?? null,
      light: files.light ?? null,
      dark: files.dark ?? null,
      text: files.text,
      message: files.message,
    },
  };
}

/** The same problem of several editions is told once. */
function problemViews(
  problems: readonly Problem[],
  labels: ReadonlyMap<string, string>,
  { problems: all, storyLines }: PreflightReport,
): PreviewProblem[] {
  return grouped(problems).map(([problem]) => {
    const { severity, rule, message } = problem;
    const same = all.filter((other) => other.rule === rule && other.message === message);
    const editions = [...labels].flatMap(([id, label]) =>
      same.some((one) => concerns(one, id, storyLines)) ? [{ id, label }] : [],
    );
    return { severity, rule, message, editions, isEverywhere: editions.length === labels.size };
  });
}

function verdictOf(problems: readonly Problem[]): Verdict {
  return hasErrors(problems) ? 'error' : problems.length > 0 ? 'warning' : 'good';
}

function labelOf({ topics, htmlBytes }: EditionReport, names: ReadonlyMap<string, string>): string {
  const label =
    topics === 'all' ? 'All topics' : topics.map((id) => names.get(id) ?? id).join(' + ') || 'No topic';
  return htmlBytes === 0 ? `${label}, text only` : label;
}
