/** `paperboy send`: publishes a digest as an issue; with --wait, plans and delivers it in this process. */
import type { Command } from 'commander';
import type { App } from '../app.ts';
import type { NewsletterConfig } from '../config/config.ts';
import { demandReachablePages } from '../config/reachable-pages.ts';
import { exitStatus, PaperboyError } from '../core/errors.ts';
import { issueIdOf, weeklyIssueIdOf } from '../core/ids.ts';
import { type IssueStatus, isWell, openCount } from '../delivery/issue-status.ts';
import { newsletterOf, topicsOf } from '../delivery/newsletter.ts';
import { comparedWith } from '../delivery/past-issues.ts';
import { preflightIssue } from '../delivery/preflight-issue.ts';
import { publish } from '../delivery/publish.ts';
import type { Published, PublishRequest } from '../delivery/publish-new.ts';
import { wakeDue } from '../delivery/sweep.ts';
import type { ParsedDigest } from '../digest/digest.ts';
import { livingIncarnations } from '../ledger/incarnations.ts';
import { type Gap, verifyIssue } from '../ledger/verify.ts';
import { counted } from './counted.ts';
import { type DigestOptions, digestOptions, frequencyOf } from './digest-options.ts';
import { action, common, type Io, type Outcome, type Run, say } from './frame.ts';
import { readDigest } from './input.ts';
import { parseDuration, parseMoment, parseShare } from './options.ts';
import { describeProblems } from './problem-text.ts';
import { demandRelay } from './relay.ts';
import { describeStatus } from './status-text.ts';
import { waitForIssue } from './wait.ts';
import { withApp } from './with-app.ts';

interface SendOptions extends DigestOptions {
  readonly subject?: string;
  readonly at?: string;
  readonly localHour?: boolean;
  readonly dryRun?: boolean;
  readonly wait?: string | true;
  readonly revise?: boolean;
  readonly correct?: boolean;
  readonly maxFailed: string;
  readonly overrule?: boolean;
}

export function addSend(program: Command, io: Io, run: Run): void {
  const command = program
    .command('send')
    .description('publish a digest as an issue and send it to every subscriber, once')
    .argument('<file>', 'the digest: Markdown, plain text or JSON');
  digestOptions(
    common(command, [
      'send today.md --newsletter ai-daily --wait',
      'send today.md --at 2026-03-02T07:30:00+08:00',
      'send today.md --local-hour',
      'send week.md --weekly',
      'send today.md --dry-run --json',
    ]),
  )
    .option('--subject <text>', 'a subject of your own, for every edition')
    .option('--at <moment>', 'start then, e.g. 2026-03-02T07:30:00+08:00')
    .option('--local-hour', "send to each reader at the reader's own hour")
    .option(
      '--weekly',
      'to the weekly readers alone, as the issue of its week; its stories may have been published',
    )
    .option('--dry-run', 'check and count, and publish nothing')
    .option(
      '--wait [duration]',
      'plan and deliver here until nothing is due within 60 s, or the duration ends',
    )
    .option('--revise', 'other content under the same id: take it for copies not yet sent')
    .option('--correct', 'other content under the same id: send it to those who have the first')
    .option('--max-failed <share>', 'how much may be rejected or expired in a send that is well', '2%')
    .option('--overrule', 'send although preflight finds errors')
    .action(action<SendOptions, [string]>(io, run, (options, file) => send(io, file, options)));
}

async function send(io: Io, file: string, options: SendOptions): Promise<Outcome> {
  if (options.revise && options.correct) {
    throw new PaperboyError('usage', '--revise and --correct exclude each other');
  }
  const maxFailed = parseShare(options.maxFailed, '--max-failed');
  const waitMs = typeof options.wait === 'string' ? parseDuration(options.wait, '--wait') : undefined;
  const startsAt = options.at === undefined ? undefined : parseMoment(options.at, '--at');
  return await withApp(io, options, async (app) => {
    demandReachablePages(app.config, app.environment);
    const newsletter = newsletterOf(app.config, options.newsletter);
    const parsed = await readDigest(io, { ...options, file, topics: topicsOf(app.config) });
    await passPreflight(io, app, newsletter, parsed, options);
    const request: PublishRequest = {
      newsletter: newsletter.id,
      digest: parsed.digest,
      ...(options.subject === undefined ? {} : { subject: options.subject }),
      ...(startsAt === undefined ? {} : { startsAt }),
      ...(options.localHour ? { localHour: true } : {}),
      frequency: frequencyOf(options),
      ...(options.revise ? { change: 'revise' as const } : {}),
      ...(options.correct ? { change: 'correct' as const } : {}),
    };
    if (options.dryRun) return await dryRun(app, request);
    if (options.wait !== undefined) await demandRelay(app);
    const published = await publish(app, request);
    await wakeDue(app);
    announce(io, published);
    if (options.wait === undefined) return await withoutWaiting(io, app, published);
    const status = await waitForIssue(io, app, published.issue, waitMs);
    return await finished(io, app, published, status, maxFailed);
  });
}

/** @throws PaperboyError `preflight-failed` */
async function passPreflight(
  io: Io,
  app: App,
  newsletter: NewsletterConfig,
  parsed: ParsedDigest,
  options: SendOptions,
): Promise<void> {
  const { subject, overrule } = options;
  const frequency = frequencyOf(options);
  const { problems, editions } = await preflightIssue({
    config: app.config,
    newsletter,
    parsed,
    held: await app.subscribers.distinctPreferenceSets(newsletter.id, frequency),
    ...(await comparedWith(app.ledger, newsletter.id, parsed.digest.date, frequency)),
    publicUrl: app.environment.publicUrl,
    now: Date.now(),
    ...(subject === undefined ? {} : { subject }),
  });
  if (problems.length > 0) say(io, describeProblems(io, problems, editions));
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (errors === 0 || overrule) return;
  throw new PaperboyError(
    'preflight-failed',
    `preflight found ${counted(errors, 'error', 'errors')}; nothing was published`,
    {
      hint: '`paperboy check` shows all editions; --overrule sends all the same',
    },
  );
}

async function dryRun(app: App, { newsletter, digest, frequency }: PublishRequest): Promise<Outcome> {
  const sets = await app.subscribers.distinctPreferenceSets(newsletter, frequency ?? 'daily');
  const recipients = sets.reduce((sum, set) => sum + set.count, 0);
  const idOf = frequency === 'weekly' ? weeklyIssueIdOf : issueIdOf;
  const data = { issue: idOf(newsletter, digest.date ?? ''), revision: 0, created: false, recipients };
  return { data, text: `${data.issue} would go to ${recipients} subscribers; nothing was published` };
}

function announce(io: Io, { issue, revision, created, recipients, repeats = 0 }: Published): void {
  if (!created) say(io, `${issue} was published before with this content: nothing new is sent`);
  else say(io, `${issue}, revision ${revision}: ${recipients} recipients`);
  if (repeats > 0) say(io, `${counted(repeats, 'story', 'stories')} left out: published in the last 14 days`);
}

async function withoutWaiting(io: Io, app: App, published: Published): Promise<Outcome> {
  const workers = await livingIncarnations(app.ledger);
  if (workers.length === 0) {
    say(
      io,
      'no worker is running: nothing is sent until `paperboy work` or `paperboy up` runs, or with --wait',
    );
  }
  const { issue, recipients, created } = published;
  return {
    data: published,
    text: `${issue}  ${created ? 'published' : 'unchanged'}  ${recipients} recipients`,
  };
}

async function finished(
  io: Io,
  app: App,
  published: Published,
  status: IssueStatus,
  maxFailed: number,
): Promise<Outcome> {
  const { gaps } = await verifyIssue(app.ledger, published.issue);
  const well = openCount(status) === 0 && isWell(status, maxFailed) && gaps.length === 0;
  tellGaps(io, gaps);
  return {
    data: { ...published, status, gaps },
    text: describeStatus(io, status),
    status: well ? exitStatus.ok : exitStatus.notWell,
  };
}

function tellGaps(io: Io, gaps: readonly Gap[]): void {
  if (gaps.length > 0) say(io, `the ledger has ${gaps.length} gaps: \`paperboy verify\` lists them`);
}
