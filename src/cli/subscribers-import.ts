/** `paperboy subscribers import`: a CSV file into the store, with a progress bar, and every rejected row by name. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type ImportReport, importCsv } from '../../subscribers/import-csv.ts';
import type { App } from '../app.ts';
import { PaperboyError } from '../core/errors.ts';
import { action, type CommonOptions, common, type Io, type Outcome, type Run, say } from './frame.ts';
import { importContext } from './import-context.ts';
import { startProgress } from './progress.ts';
import { withApp } from './with-app.ts';

interface ImportOptions extends CommonOptions {
  readonly consent?: string;
}

export function addImport(group: Command, io: Io, run: Run): void {
  const command = group
    .command('import')
    .description('add or update subscribers from a CSV file')
    .argument('<file.csv>', 'columns: email,name,newsletters,topics,frequency,language,timezone,hour');
  common(command, ['subscribers import readers.csv --consent "signed up at the conference, 2026-02-10"'])
    .option('--consent <text>', 'what they agreed to; without it rows become pending and get no mail')
    .action(
      action<ImportOptions, [string]>(io, run, (options, file) =>
        withApp(io, options, (app) => importFile(io, app, file, options.consent)),
      ),
    );
}

async function importFile(io: Io, app: App, file: string, consent: string | undefined): Promise<Outcome> {
  const path = resolve(io.cwd, file);
  const size = await sizeOf(path, file);
  const stream = createReadStream(path);
  const progress = startProgress(io, 'import', 'bytes');
  const startedAt = Date.now();
  try {
    const report = await importCsv(
      stream,
      { store: app.subscribers },
      {
        ...importContext(app.config, consent),
        onProgress: () => {
          const rate = stream.bytesRead / Math.max(0.001, (Date.now() - startedAt) / 1000);
          progress.update(stream.bytesRead, size, rate, (size - stream.bytesRead) / rate);
        },
      },
    );
    progress.stop();
    return describeImport(io, report, consent);
  } catch (error) {
    throw nameFile(error, file);
  } finally {
    progress.stop();
    stream.destroy();
  }
}

async function sizeOf(path: string, file: string): Promise<number> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new PaperboyError('file-unreadable', `${file} is not a file`);
    return found.size;
  } catch (error) {
    if (error instanceof PaperboyError) throw error;
    throw new PaperboyError('file-missing', `there is no file ${file}`, { cause: error });
  }
}

function nameFile(error: unknown, file: string): unknown {
  if (!(error instanceof PaperboyError) || error.code !== 'csv-invalid') return error;
  const hint = error.hint === undefined ? {} : { hint: error.hint };
  return new PaperboyError(error.code, `${file}: ${error.message}`, { ...hint, cause: error });
}

function describeImport(io: Io, report: ImportReport, consent: string | undefined): Outcome {
  const { rows, added, updated, unchanged, rejected } = report;
  for (const { line, address, reason } of rejected.slice(0, 20))
    say(io, `line ${line}: ${address}: ${reason}`);
  if (rejected.length > 20) say(io, `… and ${rejected.length - 20} more; --json lists them all`);
  if (consent === undefined && added > 0)
    say(io, 'without --consent the new rows are pending and get no mail');
  return {
    data: report,
    text: `${rows} rows: ${added} added, ${updated} updated, ${unchanged} unchanged, ${rejected.length} rejected`,
  };
}
