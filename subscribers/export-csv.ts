/** Exporting subscribers as CSV that an import reads back without loss, and that a spreadsheet does not run. */
import { stringify } from 'csv-stringify/sync';
import { type Column, exportColumns, joinList, neutralise } from './csv-format.ts';
import type { SubscriberFilter, SubscriberReader } from './reader.ts';
import type { Subscriber } from './subscriber.ts';

/**
 * Gives the file as pieces of text, header first, lines ending in LF, UTF-8 without a byte order mark:
 * `pipeline(exportCsv(store), createWriteStream(file))`. Memberships that were left are not in it.
 */
export async function* exportCsv(
  store: Pick<SubscriberReader, 'list'>,
  filter?: SubscriberFilter,
): AsyncGenerator<string, void, undefined> {
  let rows: (readonly string[])[] = [exportColumns];
  for await (const subscriber of store.list(filter)) {
    rows.push(toRow(subscriber));
    if (rows.length < rowsAPiece) continue;
    yield stringify(rows);
    rows = [];
  }
  if (rows.length > 0) yield stringify(rows);
}

const rowsAPiece = 500;

function toRow(subscriber: Subscriber): string[] {
  const cells: Record<Column, string> = {
    email: subscriber.address,
    name: subscriber.name,
    newsletters: joinList(subscribedTo(subscriber)),
    topics: subscriber.topics === 'all' ? 'all' : joinList(subscriber.topics),
    frequency: subscriber.frequency,
    language: subscriber.language,
    timezone: subscriber.timezone,
    hour: String(subscriber.hour),
    format: subscriber.format,
    state: subscriber.state,
    sid: String(subscriber.sid),
  };
  return exportColumns.map((column) => neutralise(cells[column]));
}

function subscribedTo({ memberships }: Subscriber): string[] {
  return Object.entries(memberships).flatMap(([newsletter, { state }]) =>
    state === 'subscribed' ? newsletter : [],
  );
}
