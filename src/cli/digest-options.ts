/** Options of every command that reads a digest. */
import type { Command } from 'commander';
import type { Frequency } from '../../subscribers/preferences.ts';
import type { CommonOptions } from './frame.ts';

export interface DigestOptions extends CommonOptions {
  readonly newsletter?: string;
  readonly date?: string;
  readonly format?: string;
  readonly force?: boolean;
  readonly weekly?: boolean;
}

export function digestOptions(command: Command): Command {
  return command
    .option('--newsletter <id>', 'which newsletter; required when there are several')
    .option('--date <YYYY-MM-DD>', "the issue's date, where the digest names none or several")
    .option('--format <format>', 'labelled, tagged, markdown or json, instead of looking')
    .option('--force', 'accept a file of which more than a fifth was not understood');
}

/** Whose issue it is to be. */
export function frequencyOf({ weekly }: Pick<DigestOptions, 'weekly'>): Frequency {
  return weekly === true ? 'weekly' : 'daily';
}
