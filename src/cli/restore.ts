/** `paperboy restore`: a backup in the place of what Redis holds. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type Foundation, openFoundation } from '../app.ts';
import { keyringFingerprint } from '../config/keyring.ts';
import { PaperboyError } from '../core/errors.ts';
import { type Backup, type Restored, restoreStore } from '../delivery/restore-store.ts';
import { openSnapshot } from '../redis/open-snapshot.ts';
import { otherClients } from '../redis/other-clients.ts';
import { redisTarget } from '../redis/redis-url.ts';
import { demandOurs, findStore } from '../redis/store-id.ts';
import { demandYes } from './ask.ts';
import { countStore, countsText, isEmpty, type StoreCounts } from './count-store.ts';
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
  /** ISO 8601; null when the file was made in another way. */
  readonly takenAt: string | null;
}

async function restoreFile(io: Io, options: RestoreOptions, shown: string): Promise<Outcome> {
  const file = resolve(io.cwd, shown);
  if (!existsSync(file)) throw new PaperboyError('file-missing', `there is no file ${shown}`);
  const foundation = await openFoundation(settingsFor(io, options));
  try {
    await demandNobodyElse(foundation);
    say(io, `loading ${shown} …`);
    const ours = keyringFingerprint(foundation.keyring);
    const snapshot = await openSnapshot(file, ours, io);
    try {
      demandOurs(snapshot.store, `${shown} holds`, ours);
      const backup = { ledger: { redis: snapshot.redis }, store: snapshot.store };
      await demandConsent(io, options, foundation, backup, ours);
      return await restore(io, foundation, backup);
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

/** @throws PaperboyError `keyring-foreign` when what is there is another installation's; `usage`, `interrupted` */
async function demandConsent(
  io: Io,
  { yes }: RestoreOptions,
  { ledger, redisUrl }: Foundation,
  backup: Backup,
  ours: string,
): Promise<void> {
  const there = await countStore(ledger);
  if (isEmpty(there)) return;
  const target = redisTarget(redisUrl);
  const store = await findStore(ledger.redis);
  if (store && !store.isRestoring) demandOurs(store, `${target} holds`, ours);
  const counts = await countStore(backup.ledger);
  const question = `${target} holds ${countsText(there)}. Replace all of it by ${countsText(counts)} as of ${timeText(backup.store.backedUpAt)}?`;
  await demandYes(io, yes, question);
}

async function restore(io: Io, foundation: Foundation, backup: Backup): Promise<Outcome> {
  const { redisUrl, environment } = foundation;
  const { storeId, backedUpAt: takenAt } = backup.store;
  const counts = await countStore(backup.ledger);
  const progress = startProgress(io, 'restore', 'keys');
  const startedAt = performance.now();
  try {
    const restored = await restoreStore(foundation, backup, new Date().toISOString(), {
      signal: io.signal,
      demandNobodyElse: () => demandNobodyElse(foundation),
      onProgress: ({ done, total }) => {
        const rate = done / Math.max(0.001, (performance.now() - startedAt) / 1_000);
        progress.update(done, total, rate, (total - done) / rate);
      },
    });
    progress.stop();
    const data: Report = { storeId, takenAt, ...counts, ...restored };
    return { data, text: describe(data, redisTarget(redisUrl), environment.dataDir) };
  } finally {
    progress.stop();
  }
}

function timeText(takenAt: string | null): string {
  return takenAt ?? 'an unknown time';
}

function describe(report: Report, target: string, dataDir: string): string {
  const { departed, suppressed, unfinished, takenAt } = report;
  const people = counted(departed, 'person', 'people');
  return [
    `restored into ${target}: ${countsText(report)} as of ${timeText(takenAt)}`,
    ...(departed === 0
      ? []
      : [`${people} had left, paused, or been suppressed or forgotten since: they are so again`]),
    ...(suppressed === 0 ? [] : [`addresses that the backup does not know, suppressed again: ${suppressed}`]),
    ...(unfinished.length === 0 ? [] : [`not finished then: ${unfinished.join(', ')}`]),
    '',
    'All sending is halted: only the journals of the workers, which are kept for 48 hours, know what went out since.',
    `Where ${dataDir} and every other worker's data folder are as they were, start all workers and \`paperboy halt --lift\`: nobody gets a second copy.`,
    'Where a journal is lost, first `paperboy cancel` what was not finished, and do not send again what was published since.',
  ].join('\n');
}
