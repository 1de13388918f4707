/** `paperboy status` and `paperboy issues`: where a send stands. */
import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import type { App } from '../app.ts';
import { PaperboyError } from '../core/errors.ts';
import { type IssueStatus, openCount, readStatus, readStatuses } from '../delivery/issue-status.ts';
import { listIssueIds } from '../ledger/issues.ts';
import { action, type CommonOptions, common, type Io, type Outcome, type Run } from './frame.ts';
import { startProgress } from './progress.ts';
import { describeStatus } from './status-text.ts';
import { table } from './table.ts';
import { withApp } from './with-app.ts';

interface StatusOptions extends CommonOptions {
  readonly watch?: boolean;
}

export function addStatus(program: Command, io: Io, run: Run): void {
  const command = program
    .command('status')
    .description('where an issue stands: how many copies are in which state')
    .argument('[issue]', 'its id; default: the newest');
  common(command, ['status', 'status ai-daily-2026-03-02 --watch', 'status --json | jq .counts'])
    .option('--watch', 'keep looking until it is done')
    .action(
      action<StatusOptions, [string | undefined]>(io, run, (options, issue) =>
        withApp(io, options, (app) => status(io, app, issue, options)),
      ),
    );
}

export function addIssues(program: Command, io: Io, run: Run): void {
  const command = program.command('issues').description('all issues that were published, newest first');
  common(command, ['issues', 'issues --json']).action(
    action<CommonOptions, []>(io, run, (options) =>
      withApp(io, options, async (app) => describeIssues(await readStatuses(app.ledger))),
    ),
  );
}

async function status(
  io: Io,
  app: App,
  given: string | undefined,
  { watch }: StatusOptions,
): Promise<Outcome> {
  const id = given ?? (await newestIssue(app));
  let current = await readStatus(app.ledger, id);
  if (watch) current = await watchIssue(io, app, current);
  return { data: current, text: describeStatus(io, current) };
}

async function newestIssue(app: App): Promise<string> {
  const [newest] = await listIssueIds(app.ledger);
  if (newest !== undefined) return newest;
  throw new PaperboyError('issue-unknown', 'no issue was published yet', {
    hint: '`paperboy send` publishes one',
  });
}

const lookEveryMs = 500;

async function watchIssue(io: Io, app: App, from: IssueStatus): Promise<IssueStatus> {
  const progress = startProgress(io, from.issue, 'copies');
  let current = from;
  try {
    while (!io.signal.aborted) {
      current = await readStatus(app.ledger, from.issue);
      progress.update(current.recipients - openCount(current), current.recipients, current.rate, current.eta);
      if (current.phase === 'done' || current.phase === 'cancelled') break;
      await setTimeout(lookEveryMs, undefined, { signal: io.signal }).catch(() => {});
    }
  } finally {
    // The bar hides the cursor; a terminal left without one outlasts us.
    progress.stop();
  }
  return current;
}

function describeIssues(statuses: readonly IssueStatus[]): Outcome {
  const rows = statuses.map(({ issue, revision, phase, recipients, counts, publishedAt }) => [
    issue,
    phase,
    String(revision),
    String(recipients),
    String(counts.accepted),
    publishedAt,
  ]);
  return {
    data: statuses.map(({ issue, revision, phase, recipients, counts, publishedAt }) => ({
      issue,
      revision,
      phase,
      recipients,
      counts,
      publishedAt,
    })),
    text:
      table(['issue', 'phase', '>revision', '>recipients', '>accepted', 'published'], rows) ||
      'no issue was published yet',
  };
}
