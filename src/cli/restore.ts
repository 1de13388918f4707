/** `paperboy restore`: a backup in the place of what Redis holds. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type Foundation, openFoundation } from '../app.ts';
import { keyringFingerprint } from '../config/keyring.ts';
import { PaperboyError } from '../core/errors.ts';
import { type Restored, restoreStore } from '../delivery/restore-store.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';
import { otherClients } from '../redis/other-clients.ts';
import { redisTarget } from '../redis/redis-url.ts';
import { openSnapshot } from '../redis/snapshot.ts';
import { demandOurs, type FoundStore, findStore } from '../redis/store-id.ts';
import { demandYes } from './ask.ts';
import { countStore, countsText, type StoreCounts } from './count-store.ts';
import { counted } from './counted.ts';
import { action, type CommonOptions, common, type Io, type Outcome, type Run, say } from './frame.ts';
import { startProgress } from './progress.ts';
import { closeInTime } from './services.ts';
import { settingsFor } from './with-app.ts';

interface RestoreOptions extends CommonOptions {
  readonly yes?: boolean;
}

export function addRestore(program: Command, io: Io, run: Run): void {
  const command = program
    .command('restore')
    .description('put a backup in the place of what Redis holds; nothing else may run meanwhile')
    .argument('<file>', 'one that `backup` has made');
  common(command, ['restore paperboy-2026-03-02.rdb', 'restore paperboy-2026-03-02.rdb --yes --json'])
    .option('--yes', 'replace what is there without asking')
    .action(action<RestoreOptions, [string]>(io, run, (options, file) => restoreFile(io, options, file)));
}

/** The keys of `restore --json`. */
interface Report extends StoreCounts, Restored {
  readonly storeId: string;
  /** ISO 8601. */
  readonly takenAt: string | null;
}

async function restoreFile(io: Io, options: RestoreOptions, shown: string): Promise<Outcome> {
  const file = resolve(io.cwd, shown);
  if (!existsSync(file)) throw new PaperboyError('file-missing', `there is no file ${shown}`);
  const foundation = await openFoundation(settingsFor(io, options));
  try {
    await demandNobodyElse(foundation);
    say(io, `loading ${shown} …`);
    const snapshot = await openSnapshot(file, io);
    try {
      return await restore(io, options, foundation, { redis: snapshot.redis }, shown);
    } finally {
      await snapshot.close();
    }
  } finally {
    await closeInTime([foundation]);
  }
}

/** @throws PaperboyError `store-in-use` */
async function demandNobodyElse({ ledger }: Foundation): Promise<void> {
  const others = await otherClients(ledger.redis);
  if (others.length === 0) return;
  throw new PaperboyError(
    'store-in-use',
    `${counted(others.length, 'connection', 'connections')} of Paperboy to this Redis: ${others.slice(0, 3).join(', ')}`,
    { hint: 'stop `up`, `serve` and `work` on every machine first' },
  );
}

async function restore(
  io: Io,
  { yes }: RestoreOptions,
  foundation: Foundation,
  backup: LedgerDeps,
  shown: string,
): Promise<Outcome> {
  const { ledger, keyring, redisUrl, environment } = foundation;
  const store = await findStore(backup.redis);
  if (store === null)
    throw new PaperboyError('backup-invalid', `${shown} holds no store of Paperboy`, {
      hint: 'give a file that `paperboy backup` has made',
    });
  demandOurs(store, `${shown} holds`, keyringFingerprint(keyring));
  const counts = await countStore(backup);
  await demandYes(io, yes || (await isEmpty(ledger)), await question(foundation, store, counts));
  const progress = startProgress(io, 'restore', 'keys');
  const startedAt = performance.now();
  try {
    const restored = await restoreStore(
      foundation,
      { ledger: backup, store },
      {
        now: new Date().toISOString(),
        signal: io.signal,
        onProgress: ({ done, total }) => {
          const rate = done / Math.max(0.001, (performance.now() - startedAt) / 1_000);
          progress.update(done, total, rate, (total - done) / rate);
        },
      },
    );
    progress.stop();
    const data: Report = { storeId: store.storeId, takenAt: store.backedUpAt, ...counts, ...restored };
    return { data, text: describe(data, redisTarget(redisUrl), environment.dataDir) };
  } finally {
    progress.stop();
  }
}

async function isEmpty(ledger: LedgerDeps): Promise<boolean> {
  const { subscribers, issues } = await countStore(ledger);
  return subscribers + issues === 0;
}

async function question(
  { ledger, redisUrl }: Foundation,
  store: FoundStore,
  counts: StoreCounts,
): Promise<string> {
  const here = countsText(await countStore(ledger));
  return `${redisTarget(redisUrl)} holds ${here}. Replace all of it by ${countsText(counts)} as of ${store.backedUpAt ?? 'an unknown time'}?`;
}

function describe(report: Report, target: string, dataDir: string): string {
  const { departed, suppressed, unfinished } = report;
  const departures =
    departed + suppressed === 0
      ? []
      : [
          `${counted(departed, 'person', 'people')} had left, paused or been suppressed since: carried out again.` +
            (suppressed === 0
              ? ''
              : ` So were ${suppressed} suppressions of addresses that the backup does not know.`),
        ];
  const halted =
    unfinished.length === 0
      ? []
      : [
          `Not finished then: ${unfinished.join(', ')}. All sending is halted, because only the journals of the workers know what went since.`,
          `Where ${dataDir} and every other worker's data folder are as they were, \`paperboy halt --lift\` goes on, and nobody gets a second copy.`,
          'Where a journal is lost, `paperboy cancel ISSUE` first.',
        ];
  return [
    `restored into ${target}: ${countsText(report)} as of ${report.takenAt}`,
    ...departures,
    ...halted,
  ].join('\n');
}
