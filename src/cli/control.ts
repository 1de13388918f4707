/** `paperboy pause`, `resume`, `cancel`, `halt` and `retry`: an operator's hand on a send. */
import type { Command } from 'commander';
import type { App } from '../app.ts';
import { PaperboyError } from '../core/errors.ts';
import { cancelIssue, pauseIssue, resumeIssue, retryIssue } from '../delivery/control.ts';
import { readStatus } from '../delivery/issue-status.ts';
import { wakeDue } from '../delivery/sweep.ts';
import { setHalted } from '../ledger/issues.ts';
import { action, type CommonOptions, common, type Io, type Outcome, type Run } from './frame.ts';
import { describeStatus } from './status-text.ts';
import { withApp } from './with-app.ts';

interface Deed {
  readonly name: string;
  readonly description: string;
  readonly example: string;
  act(app: App, issue: string): Promise<unknown>;
}

const deeds: readonly Deed[] = [
  {
    name: 'pause',
    description: 'let no further copy of an issue go until it is resumed',
    example: 'pause ai-daily-2026-03-02',
    act: (app, issue) => pauseIssue(app.ledger, issue),
  },
  {
    name: 'resume',
    description: 'go on with a paused issue',
    example: 'resume ai-daily-2026-03-02',
    act: (app, issue) => resumeIssue(app.ledger, issue),
  },
  {
    name: 'cancel',
    description: 'never send the copies of an issue that have not gone; it cannot be undone',
    example: 'cancel ai-daily-2026-03-02',
    act: (app, issue) => cancelIssue(app, issue),
  },
];

export function addControl(program: Command, io: Io, run: Run): void {
  for (const deed of deeds) {
    const command = program.command(deed.name).description(deed.description).argument('<issue>');
    common(command, [deed.example]).action(
      action<CommonOptions, [string]>(io, run, (options, issue) =>
        withApp(io, options, async (app) => {
          await deed.act(app, issue);
          await wakeDue(app);
          return await statusOutcome(io, app, issue);
        }),
      ),
    );
  }
  addHalt(program, io, run);
  addRetry(program, io, run);
}

function addHalt(program: Command, io: Io, run: Run): void {
  const command = program.command('halt').description('stop all sending of all issues, at once');
  common(command, ['halt', 'halt --lift'])
    .option('--lift', 'go on sending')
    .action(
      action<CommonOptions & { readonly lift?: boolean }, []>(io, run, (options) =>
        withApp(io, options, async (app) => {
          const halted = options.lift !== true;
          await setHalted(app.ledger, halted);
          await wakeDue(app);
          return { data: { halted }, text: halted ? 'all sending is halted' : 'sending goes on' };
        }),
      ),
    );
}

interface RetryOptions extends CommonOptions {
  readonly rejected?: boolean;
  readonly uncertain?: boolean;
}

function addRetry(program: Command, io: Io, run: Run): void {
  const command = program
    .command('retry')
    .description(
      'try rejected or uncertain copies of an issue again; an uncertain one may have arrived already',
    )
    .argument('<issue>');
  common(command, ['retry ai-daily-2026-03-02 --rejected', 'retry ai-daily-2026-03-02 --uncertain'])
    .option('--rejected', 'those a relay refused for good')
    .option('--uncertain', 'those of which nobody knows whether they arrived')
    .action(
      action<RetryOptions, [string]>(io, run, (options, issue) =>
        withApp(io, options, (app) => retry(app, issue, options)),
      ),
    );
}

async function retry(app: App, issue: string, { rejected, uncertain }: RetryOptions): Promise<Outcome> {
  if (rejected === uncertain) throw new PaperboyError('usage', 'give either --rejected or --uncertain');
  const state = rejected ? 'rejected' : 'uncertain';
  const replanned = await retryIssue(app.ledger, issue, state);
  await wakeDue(app);
  const { planned, heldBack, blocked } = replanned;
  return {
    data: { issue, ...replanned },
    text: `${issue}  ${planned} ${state} copies planned again, ${heldBack} held back, ${blocked} to suppressed addresses left alone`,
  };
}

async function statusOutcome(io: Io, app: App, issue: string): Promise<Outcome> {
  const status = await readStatus(app.ledger, issue);
  return { data: status, text: describeStatus(io, status) };
}
