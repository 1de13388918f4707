/** What the page of a preview shows, from the report of its preflight. */
import { basename } from 'node:path';
import type { NewsletterConfig } from '../config/config.ts';
import type { ParsedDigest } from '../digest/digest.ts';
import { storiesOf } from '../digest/digest.ts';
import type { Topic } from '../digest/topics.ts';
import { hasErrors, type Problem } from '../preflight/problem.ts';
import type { EditionReport } from '../preflight/sample.ts';
import { largeHtmlBytes } from '../preflight/size-rules.ts';
import { mostHtmlBytes } from '../render/size.ts';
import { type PreviewEdition, renderPreviewPage } from '../web/preview-page.ts';
import { counted } from './counted.ts';
import type { EditionFiles } from './preview-files.ts';
import { countProblems, grouped } from './problem-text.ts';

export interface PreviewPageInput {
  readonly newsletter: NewsletterConfig;
  readonly parsed: ParsedDigest;
  /** As named on the command line. */
  readonly file: string;
  readonly topics: readonly Topic[];
  readonly editions: readonly (EditionReport & { readonly files: EditionFiles })[];
  readonly problems: readonly Problem[];
}

/** The whole HTML document. */
export function previewPage({
  newsletter,
  parsed,
  file,
  topics,
  editions,
  problems,
}: PreviewPageInput): string {
  const { digest } = parsed;
  const names = new Map(topics.map(({ id, name }) => [id, name[newsletter.language]]));
  const labels = new Map(editions.map((report) => [report.id, labelOf(report, names)]));
  const shown = editions.map((report) => editionView(report, labels, problems));
  return renderPreviewPage({
    newsletter: newsletter.name,
    title: digest.title,
    lang: digest.lang,
    date: digest.date ?? '',
    file: basename(file),
    facts: [
      counted(storiesOf(digest).length, 'story', 'stories'),
      counted(editions.length, 'edition', 'editions'),
      `${digest.format} format`,
    ],
    verdict: {
      text: countProblems(problems),
      kind: hasErrors(problems) ? 'error' : problems.length > 0 ? 'warning' : 'good',
    },
    problems: grouped(problems).map(([{ severity, rule, message }, ids]) => ({
      severity,
      rule,
      message,
      editions: ids.map((id) => labels.get(id) ?? id),
    })),
    hasRecipients: editions.some(({ recipients }) => recipients !== null),
    limit: kilobytes(mostHtmlBytes),
    editions: shown,
    first: shown[0]?.files[0]?.path ?? null,
  });
}

function editionView(
  report: EditionReport & { readonly files: EditionFiles },
  labels: ReadonlyMap<string, string>,
  problems: readonly Problem[],
): PreviewEdition {
  const own = problems.filter(({ edition }) => edition === report.id);
  const errors = own.filter(({ severity }) => severity === 'error').length;
  const { html, text, message } = report.files;
  return {
    id: report.id,
    label: labels.get(report.id) ?? report.id,
    isText: report.htmlBytes === 0,
    recipients: String(report.recipients ?? ''),
    stories: report.stories,
    minutes: report.readingMinutes,
    subject: report.subject,
    preheader: report.preheader,
    htmlSize: report.htmlBytes === 0 ? '–' : kilobytes(report.htmlBytes),
    messageSize: kilobytes(report.messageBytes),
    fill: Math.min(100, Math.round((report.htmlBytes / mostHtmlBytes) * 100)),
    fillKind:
      report.htmlBytes > mostHtmlBytes ? 'error' : report.htmlBytes > largeHtmlBytes ? 'warning' : 'good',
    errors,
    warnings: own.length - errors,
    files: [
      ...(html === undefined ? [] : [{ name: 'HTML', path: html }]),
      { name: 'Text', path: text },
      { name: 'Message', path: message },
    ],
  };
}

function labelOf({ topics }: EditionReport, names: ReadonlyMap<string, string>): string {
  if (topics === 'all') return 'All topics';
  return topics.map((id) => names.get(id) ?? id).join(' + ') || 'No topic';
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
