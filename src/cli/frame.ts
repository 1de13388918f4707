/**
 * What all commands share: the common options, and the rule that stdout is data, stderr is talk, and the exit status
 * tells how it ended (see `exitStatus` in src/core/errors.ts).
 */
import type { Command } from 'commander';
import { exitStatus, type PaperboyError } from '../core/errors.ts';
import { errorOf } from '../redis/failures.ts';

export interface Io {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Whether a person watches stderr: then there are progress bars. */
  readonly isInteractive: boolean;
  /** Whether both sides of a question can be a person. */
  readonly canAsk: boolean;
  readonly isColored: boolean;
  /** Aborted by Ctrl-C and SIGTERM: stop, clean up, end. */
  readonly signal: AbortSignal;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What a command has to say: the document of `--json`, and the same for people. */
export interface Outcome {
  readonly data: unknown;
  readonly text: string;
  /** Default 0. */
  readonly status?: number;
}

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly config: string;
}

/** Adds the common options, and the examples under `--help`. */
export function common(command: Command, examples: readonly string[]): Command {
  return command
    .option('--json', 'print one JSON document on stdout, errors too')
    .option('--config <file>', 'the configuration', 'newsletter.yaml')
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ paperboy ${example}`).join('\n')}`);
}

/** The status a run of the program ends with; commander's actions can't return one. */
export interface Run {
  status: number;
}

/**
 * An action for commander: runs the command, prints what it says, and notes its status.
 * @param act gets the command's arguments, and its options last
 */
export function action<Options extends CommonOptions, Arguments extends readonly unknown[]>(
  io: Io,
  run: Run,
  act: (options: Options, ...args: Arguments) => Promise<Outcome>,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    // Commander gives the arguments, then the options, then the command itself.
    const args = given.slice(0, -2) as unknown as Arguments;
    const options = given.at(-2) as Options;
    try {
      const outcome = await act(options, ...args);
      const printed = options.json ? `${JSON.stringify(outcome.data)}\n` : withNewline(outcome.text);
      await print(io, printed);
      run.status = outcome.status ?? exitStatus.ok;
    } catch (thrown) {
      const error = errorOf(thrown);
      await printError(io, error, options.json ?? false);
      run.status = error.exitStatus;
    }
  };
}

export async function printError(io: Io, error: PaperboyError, asJson: boolean): Promise<void> {
  if (asJson) {
    const { code, message, hint } = error;
    const document = { error: { code, message, ...(hint === undefined ? {} : { hint }) } };
    await write(io.stdout, `${JSON.stringify(document)}\n`);
    return;
  }
  const head = paint(io, 'red', 'error');
  const hint = error.hint === undefined ? '' : `\n${paint(io, 'dim', 'hint')}   ${error.hint}`;
  await write(io.stderr, `${head}  ${error.message} (${error.code})${hint}\n`);
}

/**
 * Data: text on stdout, at the reader's pace.
 * @returns false when whoever read it has stopped reading, as `head` does: no failure, and nothing more need be said
 */
export async function print(io: Io, text: string): Promise<boolean> {
  return await write(io.stdout, text);
}

/** Talk: one line on stderr. */
export function say(io: Io, line: string): void {
  io.stderr.write(`${line}\n`);
}

const colors = { red: 31, green: 32, yellow: 33, blue: 34, dim: 2, bold: 1 } as const;

export function paint(io: Pick<Io, 'isColored'>, color: keyof typeof colors, text: string): string {
  return io.isColored ? `\u001b[${colors[color]}m${text}\u001b[0m` : text;
}

function withNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** Resolves once it is out, or nobody reads it. @returns whether somebody reads */
function write(stream: NodeJS.WritableStream, text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    if (text === '') return resolve(true);
    stream.write(text, (error) => {
      if (!error) resolve(true);
      else if (isReaderGone(error)) resolve(false);
      else reject(error);
    });
  });
}

/** Of an error of stdout or stderr: the other end is closed, or was when we last wrote. */
export function isReaderGone(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED';
}
