/** `paperboy backup`: all that Redis holds, as it is at one moment, in a file that `paperboy restore` reads. */
import { existsSync } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { App } from '../app.ts';
import { PaperboyError } from '../core/errors.ts';
import { randomId } from '../core/ids.ts';
import { linkOnce } from '../core/link-once.ts';
import { noteBackup } from '../redis/store-id.ts';
import { takeSnapshot } from '../redis/take-snapshot.ts';
import { countStore, countsText, type StoreCounts } from './count-store.ts';
import { action, type CommonOptions, common, type Io, type Outcome, type Run, say } from './frame.ts';
import { fileSize } from './size-text.ts';
import { unwritable } from './unwritable.ts';
import { withApp } from './with-app.ts';

export function addBackup(program: Command, io: Io, run: Run): void {
  const command = program
    .command('backup')
    .description('write all that Redis holds to a file; sending goes on meanwhile')
    .argument('<file>', 'a file that is not there yet');
  common(command, [
    'backup paperboy-2026-03-02.rdb',
    'backup "/backups/paperboy-$(date +%F).rdb" --json',
  ]).action(
    action<CommonOptions, [string]>(io, run, (options, file) =>
      withApp(io, options, (app) => backUp(io, app, file)),
    ),
  );
}

/** The keys of `backup --json`. */
interface Made extends StoreCounts {
  /** Absolute. */
  readonly file: string;
  readonly bytes: number;
  /** ISO 8601. */
  readonly takenAt: string;
  readonly storeId: string;
}

async function backUp(io: Io, app: App, shown: string): Promise<Outcome> {
  const file = resolve(io.cwd, shown);
  if (existsSync(file)) throw isThere(shown);
  const takenAt = new Date().toISOString();
  const counts = await countStore(app.ledger);
  await noteBackup(app.ledger.redis, takenAt);
  say(io, 'Redis copies itself; that may take some seconds to begin …');
  const bytes = await writeWhole(file, shown, (draft) => takeSnapshot(app.redisUrl, draft, io));
  const data: Made = { file, bytes, takenAt, storeId: app.storeId, ...counts };
  return { data, text: describe(app, data, shown) };
}

/** The file appears when all of it is on disk. @returns its size in bytes */
async function writeWhole(
  file: string,
  shown: string,
  write: (draft: string) => Promise<void>,
): Promise<number> {
  const draft = `${file}.${randomId(4)}.part`;
  try {
    await write(draft);
    const handle = await open(draft, 'r+');
    await handle.sync().finally(() => handle.close());
    const { size } = await stat(draft);
    if (!linkOnce(draft, file)) throw isThere(shown);
    return size;
  } catch (error) {
    throw error instanceof PaperboyError ? error : unwritable(shown, error);
  } finally {
    await rm(draft, { force: true });
  }
}

function isThere(shown: string): PaperboyError {
  return new PaperboyError('file-unwritable', `${shown} is there already; it was left as it is`, {
    hint: 'name another file: one a day, perhaps, with its date',
  });
}

function describe({ environment }: App, made: Made, shown: string): string {
  const keyring = environment.keyring === undefined ? join(environment.dataDir, 'keyring.json') : 'KEYRING';
  return [
    `wrote ${shown}: ${fileSize(made.bytes)}, ${countsText(made)} as of ${made.takenAt}`,
    `It holds addresses in clear. It is of use only with the keyring (${keyring}), which is not in it: keep a copy of that elsewhere.`,
    `What happens after it stands in ${environment.dataDir}, in journals/ and departures.log: a restore uses them.`,
  ].join('\n');
}
