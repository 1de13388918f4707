/** `paperboy init`: writes a commented newsletter.yaml and makes the keyring; never over something that is there. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { initialConfig } from '../config/init-template.ts';
import { createKeyringFile } from '../config/keyring.ts';
import { PaperboyError } from '../core/errors.ts';
import { action, type CommonOptions, common, type Io, type Outcome, type Run } from './frame.ts';
import { unwritable } from './unwritable.ts';

export function addInit(program: Command, io: Io, run: Run): void {
  const command = program.command('init').description('write a commented newsletter.yaml and make a keyring');
  common(command, ['init', 'init --config /etc/paperboy/newsletter.yaml']).action(
    action<CommonOptions, []>(io, run, async (options) => init(io, options)),
  );
}

function init(io: Io, options: CommonOptions): Outcome {
  const config = resolve(io.cwd, options.config);
  if (existsSync(config)) {
    throw new PaperboyError('config-invalid', `${options.config} is there already; it was left as it is`, {
      hint: 'name another file with --config, or move this one away',
    });
  }
  const { dataDir } = readEnvironment(io.env, { cwd: io.cwd });
  const keyring = join(dataDir, 'keyring.json');
  attempt(options.config, 'make its folder, or name another file with --config', () =>
    writeFileSync(config, initialConfig(), { flag: 'wx' }),
  );
  let isNewKeyring: boolean;
  try {
    isNewKeyring = attempt(keyring, 'name another folder with DATA_DIR', () => makeKeyring(dataDir, keyring));
  } catch (error) {
    // Who is refused can ask again: nothing is there already.
    rmSync(config);
    throw error;
  }
  return {
    data: { config, keyring, keyringCreated: isNewKeyring },
    text: [
      `wrote ${options.config}: fill in legalName, postalAddress and the senders, then run \`paperboy doctor\``,
      `${isNewKeyring ? 'made' : 'kept'} ${keyring}: back it up; links in mails are signed with it`,
    ].join('\n'),
  };
}

function makeKeyring(dataDir: string, keyring: string): boolean {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  return createKeyringFile(keyring);
}

function attempt<Result>(name: string, hint: string, write: () => Result): Result {
  try {
    return write();
  } catch (cause) {
    throw unwritable(name, cause, hint);
  }
}
