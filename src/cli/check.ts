/** `paperboy check`: preflight of a digest, every edition of it, without sending anything. Works without Redis. */
import type { Command } from 'commander';
import { exitStatus } from '../core/errors.ts';
import type { IssuePreflight } from '../delivery/preflight-issue.ts';
import { hasErrors, type Problem, strictly } from '../preflight/problem.ts';
import type { EditionReport } from '../preflight/sample.ts';
import { counted } from './counted.ts';
import { type DigestOptions, digestOptions } from './digest-options.ts';
import { editionLabel } from './edition-label.ts';
import { action, common, type Io, type Outcome, paint, type Run, say } from './frame.ts';
import { openDigestFile, preflightFile } from './preflight-file.ts';
import { countProblems, describeProblems } from './problem-text.ts';
import { table } from './table.ts';

interface CheckOptions extends DigestOptions {
  readonly strict?: boolean;
}

export function addCheck(program: Command, io: Io, run: Run): void {
  const command = program
    .command('check')
    .description('look for what should not be sent: every edition of a digest, its links, its sizes')
    .argument('<file>', 'the digest: Markdown, plain text or JSON');
  digestOptions(
    common(command, [
      'check today.md',
      'check today.md --strict',
      'check today.md --newsletter ai-daily --json',
    ]),
  )
    .option('--strict', 'take warnings for errors')
    .action(action<CheckOptions, [string]>(io, run, (options, file) => check(io, file, options)));
}

async function check(io: Io, file: string, options: CheckOptions): Promise<Outcome> {
  const opened = await openDigestFile(io, file, options);
  const found = await preflightFile(io, opened);
  const problems = options.strict ? strictly(found.problems) : found.problems;
  if (!options.json) tellWithoutStories(io, found);
  return {
    data: { editions: found.editions, problems },
    text: describe(io, found.editions, problems),
    status: hasErrors(problems) ? exitStatus.failure : exitStatus.ok,
  };
}

function tellWithoutStories(io: Io, { withoutStories }: IssuePreflight): void {
  if (withoutStories === null || withoutStories === 0) return;
  const who = counted(withoutStories, 'subscriber gets', 'subscribers get');
  say(io, `${who} no mail: the digest has no story in the topics they chose`);
}

function describe(io: Io, editions: readonly EditionReport[], problems: readonly Problem[]): string {
  const hasRecipients = editions.some(({ recipients }) => recipients !== null);
  const lines = table(
    ['edition', ...(hasRecipients ? ['>readers'] : []), '>stories', '>minutes', '>HTML', '>mail', 'subject'],
    editions.map((report) => [
      editionLabel(report),
      ...(hasRecipients ? [String(report.recipients ?? '')] : []),
      String(report.stories),
      String(report.readingMinutes),
      report.htmlBytes === 0 ? '–' : kilobytes(report.htmlBytes),
      kilobytes(report.messageBytes),
      report.subject,
    ]),
  );
  const color = hasErrors(problems) ? 'red' : problems.length > 0 ? 'yellow' : 'green';
  const verdict = paint(io, color, countProblems(problems));
  return [
    lines,
    describeProblems(io, problems, editions),
    `${counted(editions.length, 'edition', 'editions')}, ${verdict}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** A kilobyte of 1,000 bytes, as the limits are. */
function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
