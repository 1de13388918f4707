/**
 * Importing subscribers from CSV (RFC 4180, UTF-8). Rows are read as a stream and stored a batch at a time. A row that
 * cannot be used is rejected with its reason and the others go on; a file that cannot be read ends the import. Doing
 * the same import twice changes nothing the second time.
 */
import { pipeline, Readable } from 'node:stream';
import { CsvError, type Info, parse } from 'csv-parse';
import { PaperboyError } from '../src/core/errors.ts';
import { type Column, exportColumns, importColumns } from './csv-format.ts';
import { type Row, type RowContext, readRow, rejectedRow } from './import-row.ts';
import type { SubscriberStore } from './store.ts';

export interface ImportOptions extends RowContext {
  /** Called after each batch. */
  readonly onProgress?: (report: ImportReport) => void;
}

export interface RejectedRow {
  /** Line of the file on which the row ends; the header is line 1. */
  readonly line: number;
  /** The e-mail cell as written, at most 320 characters of it. */
  readonly address: string;
  readonly reason: string;
}

/** `rows` is the sum of the others. */
export interface ImportReport {
  readonly rows: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: readonly RejectedRow[];
}

/**
 * An empty cell means the default for a newcomer (every newsletter, every topic, daily, html, and what the newsletter
 * says of language, zone and hour), and no change for someone known.
 * @param source the file's bytes
 * @throws PaperboyError `csv-invalid`; the batches before the fault are stored, and importing again does no harm
 */
export async function importCsv(
  source: Readable | Buffer,
  deps: { readonly store: Pick<SubscriberStore, 'upsertMany'> },
  options: ImportOptions,
): Promise<ImportReport> {
  const report = { rows: 0, added: 0, updated: 0, unchanged: 0, rejected: [] as RejectedRow[] };
  for await (const rows of batchesOf(readRows(source, options))) {
    report.rows += rows.length;
    const usable = rows.filter((row) => 'input' in row);
    const results = await deps.store.upsertMany(usable.map(({ input }) => input));
    const outcomes = new Map(usable.map((row, at) => [row.line, results[at]?.outcome]));
    for (const row of rows) {
      const outcome = outcomes.get(row.line);
      if ('reason' in row) report.rejected.push(row);
      else if (outcome !== undefined && outcome !== 'refused') report[outcome]++;
      else report.rejected.push({ line: row.line, address: row.input.address, reason: forgottenReason });
    }
    options.onProgress?.(report);
  }
  return report;
}

const batchSize = 1000;
/** Stops a quote that is never closed from swallowing the file. */
const longestRow = 100_000;
const forgottenReason =
  'this person asked to be forgotten; remove the suppression first if they want to return';

type NumberedRow = Row & { readonly line: number };

async function* batchesOf<T>(items: AsyncIterable<T>): AsyncGenerator<T[], void, undefined> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function* readRows(
  source: Readable | Buffer,
  context: RowContext,
): AsyncGenerator<NumberedRow, void, undefined> {
  let columns: readonly Column[] | undefined;
  for await (const { line, fields } of readFields(source)) {
    if (columns === undefined) columns = readHeader(fields);
    else yield { line, ...readFieldsAs(columns, fields, context) };
  }
  if (columns === undefined) throw invalid('the file is empty: expected a line that names the columns');
}

async function* readFields(source: Readable | Buffer): AsyncGenerator<{ line: number; fields: string[] }> {
  const parser = parse({
    info: true,
    relax_column_count: true,
    // A quote amid a cell is text: names have nicknames.
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    max_record_size: longestRow,
  });
  // What fails in the pipeline fails the loop below.
  pipeline(Readable.from(decode(source)), parser, () => {});
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      yield { line: info.lines, fields: record };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw invalid(`the file is no CSV: ${error.message}`, error);
  }
}

/** UTF-8 without its byte order mark. What is not UTF-8 would become other names and addresses without a sound. */
async function* decode(source: Readable | Buffer): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of Buffer.isBuffer(source) ? [source] : source) {
      yield decoder.decode(typeof chunk === 'string' ? Buffer.from(chunk) : chunk, { stream: true });
    }
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw invalid('the file is not UTF-8', error, 'Save it as "CSV UTF-8".');
  }
}

function readHeader(fields: readonly string[]): Column[] {
  const columns = fields.map((field) => {
    const name = field.trim().toLowerCase();
    const column = exportColumns.find((known) => known === name);
    if (column === undefined) throw invalid(`line 1: column ${JSON.stringify(field)} is unknown`);
    return column;
  });
  const twice = columns.find((column, at) => columns.indexOf(column) !== at);
  if (twice !== undefined) throw invalid(`line 1: column "${twice}" comes twice`);
  if (!columns.includes('email')) throw invalid('line 1: the column "email" is missing');
  return columns;
}

function readFieldsAs(columns: readonly Column[], fields: readonly string[], context: RowContext): Row {
  const cells: Partial<Record<Column, string>> = {};
  columns.forEach((column, at) => {
    cells[column] = fields[at] ?? '';
  });
  if (fields.length === columns.length) return readRow(cells, context);
  return rejectedRow(cells, `the row has ${fields.length} cells, the header ${columns.length}`);
}

function invalid(
  message: string,
  cause?: unknown,
  hint = `Columns are separated by commas: ${importColumns.join(', ')}.`,
): PaperboyError {
  return new PaperboyError('csv-invalid', message, { hint, cause });
}
