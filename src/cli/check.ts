/** `paperboy check`: preflight of a digest, every edition of it, without sending anything. Works without Redis. */
import type { Command } from 'commander';
import { exitStatus } from '../core/errors.ts';
import type { IssuePreflight } from '../delivery/preflight-issue.ts';
import { testedClients, untestedClients } from '../preflight/client-support.ts';
import { hasErrors, strictly } from '../preflight/problem.ts';
import { checkText } from './check-text.ts';
import { counted } from './counted.ts';
import { type DigestOptions, digestOptions } from './digest-options.ts';
import { action, common, type Io, type Outcome, type Run, say } from './frame.ts';
import { openDigestFile, preflightFile } from './preflight-file.ts';

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
    .option('--weekly', 'as the issue of its week, for the weekly readers: what was published may come again')
    .option('--strict', 'take warnings for errors')
    .action(action<CheckOptions, [string]>(io, run, (options, file) => check(io, file, options)));
}

async function check(io: Io, file: string, options: CheckOptions): Promise<Outcome> {
  const opened = await openDigestFile(io, file, options);
  const found = await preflightFile(io, opened);
  const problems = options.strict ? strictly(found.problems) : found.problems;
  if (!options.json) tellWithoutStories(io, found);
  return {
    data: {
      editions: found.editions,
      problems,
      clients: { tested: testedClients, untested: untestedClients },
    },
    text: checkText(io, { ...found, problems }),
    status: hasErrors(problems) ? exitStatus.failure : exitStatus.ok,
  };
}

function tellWithoutStories(io: Io, { withoutStories }: IssuePreflight): void {
  if (withoutStories === null || withoutStories === 0) return;
  const who = counted(withoutStories, 'subscriber gets', 'subscribers get');
  say(io, `${who} no mail: the digest has no story in the topics they chose`);
}
