/** All commands as one program. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { exitStatus, PaperboyError } from '../core/errors.ts';
import { packageRoot } from '../core/package-root.ts';
import { addBackup } from './backup.ts';
import { addCheck } from './check.ts';
import { addControl } from './control.ts';
import { addDeliveries, addVerify } from './deliveries.ts';
import { addDemo } from './demo.ts';
import { addDkim } from './dkim.ts';
import { addDoctor } from './doctor.ts';
import { type Io, printError, type Run } from './frame.ts';
import { addInit } from './init.ts';
import { addParse } from './parse.ts';
import { addPreview } from './preview.ts';
import { addRestore } from './restore.ts';
import { addServe, addUp, addWork } from './run.ts';
import { addSend } from './send.ts';
import { addIssues, addStatus } from './status.ts';
import { addSubscribers } from './subscribers.ts';
import { addSuppress } from './suppress.ts';
import { addTestSend } from './test-send.ts';
import { addTopics } from './topics.ts';

/** In the order in which `--help` lists them: the way of a digest, then the rest. */
const commands = [
  addParse,
  addCheck,
  addPreview,
  addTestSend,
  addSend,
  addStatus,
  addIssues,
  addDeliveries,
  addVerify,
  addControl,
  addTopics,
  addSubscribers,
  addSuppress,
  addInit,
  addDoctor,
  addDkim,
  addBackup,
  addRestore,
  addUp,
  addServe,
  addWork,
  addDemo,
];

/**
 * Runs one command line.
 * @param argv without the names of node and the script
 * @returns the exit status
 */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  const run: Run = { status: exitStatus.ok };
  const program = createProgram(io, run);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version were asked for; all else is a command line that can't be understood.
    if (error.exitCode === 0) return exitStatus.ok;
    if (argv.includes('--json')) await printError(io, usageError(error), true);
    return exitStatus.usage;
  }
  return run.status;
}

function createProgram(io: Io, run: Run): Command {
  const program = new Command('paperboy')
    .description('Delivers a daily news digest: one mail of each reader’s topics, every copy accounted for.')
    .version(version())
    // An option behind a subcommand is the subcommand's: `demo chaos --json` is not `demo --json chaos`.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    })
    .addHelpText(
      'after',
      '\nExamples:\n  $ paperboy demo\n  $ paperboy send today.md --newsletter ai-daily --wait\n  $ paperboy status --watch',
    );
  for (const add of commands) add(program, io, run);
  inherit(program);
  return program;
}

/** Commander copies these settings only to commands made after they were set, and one level deep. */
function inherit(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent).showHelpAfterError('(--help shows how it is used)');
    inherit(command);
  }
}

function usageError(error: CommanderError): PaperboyError {
  return new PaperboyError('usage', error.message.replace(/^error: /, ''), {
    hint: '--help shows how it is used',
  });
}

function version(): string {
  const { version: text } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return text;
}
