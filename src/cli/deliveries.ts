/** `paperboy deliveries` and `paperboy verify`: every copy by name, and whether the books balance. */
import type { Command } from 'commander';
import { stringify } from 'csv-stringify/sync';
import type { App } from '../app.ts';
import { exitStatus, PaperboyError } from '../core/errors.ts';
import { type DeliveryLine, listDeliveries } from '../delivery/delivery-list.ts';
import { type DeliveryState, deliveryStates } from '../ledger/states.ts';
import { verifyIssue } from '../ledger/verify.ts';
import { action, type CommonOptions, common, type Io, type Outcome, type Run } from './frame.ts';
import { table } from './table.ts';
import { withApp } from './with-app.ts';

interface DeliveriesOptions extends CommonOptions {
  readonly state?: string;
  readonly address?: string;
  readonly csv?: boolean;
}

export function addDeliveries(program: Command, io: Io, run: Run): void {
  const command = program
    .command('deliveries')
    .description('every copy of an issue: to whom, in which state, since when')
    .argument('<issue>');
  common(command, [
    'deliveries ai-daily-2026-03-02 --state rejected',
    'deliveries ai-daily-2026-03-02 --address ann@example.com --json',
    'deliveries ai-daily-2026-03-02 --csv > deliveries.csv',
  ])
    .option('--state <state>', `only those in one state: ${deliveryStates.join(', ')}`)
    .option('--address <address>', 'only those of one subscriber')
    .option('--csv', 'print CSV')
    .action(
      action<DeliveriesOptions, [string]>(io, run, (options, issue) =>
        withApp(io, options, (app) => deliveries(app, issue, options)),
      ),
    );
}

export function addVerify(program: Command, io: Io, run: Run): void {
  const command = program
    .command('verify')
    .description('count every row again, against the counts and against everyone eligible at publication')
    .argument('<issue>');
  common(command, ['verify ai-daily-2026-03-02']).action(
    action<CommonOptions, [string]>(io, run, (options, issue) =>
      withApp(io, options, (app) => verify(app, issue)),
    ),
  );
}

const columns = [
  'address',
  'sid',
  'state',
  'at',
  'attempts',
  'revision',
  'edition',
  'reply',
  'queueId',
  'reason',
] as const;

async function deliveries(app: App, issue: string, options: DeliveriesOptions): Promise<Outcome> {
  const state = options.state === undefined ? undefined : readState(options.state);
  const sid = options.address === undefined ? undefined : await sidOf(app, options.address);
  const lines: DeliveryLine[] = [];
  const filter = { ...(state === undefined ? {} : { state }), ...(sid === undefined ? {} : { sid }) };
  for await (const line of listDeliveries(app, issue, filter)) lines.push(line);
  const rows = lines.map((line) => columns.map((column) => String(line[column] ?? '')));
  const text = options.csv ? stringify([columns, ...rows], { escape_formulas: true }) : table(columns, rows);
  return { data: lines, text: text || 'no such delivery' };
}

function readState(text: string): DeliveryState {
  const state = deliveryStates.find((known) => known === text);
  if (state !== undefined) return state;
  throw new PaperboyError('usage', `--state: there is no state ${JSON.stringify(text)}`, {
    hint: `the states are: ${deliveryStates.join(', ')}`,
  });
}

async function sidOf(app: App, address: string): Promise<number> {
  const subscriber = await app.subscribers.findByAddress(address);
  if (subscriber) return subscriber.sid;
  throw new PaperboyError('subscriber-unknown', `there is no subscriber ${JSON.stringify(address)}`);
}

async function verify(app: App, issue: string): Promise<Outcome> {
  const verification = await verifyIssue(app.ledger, issue);
  const { recipients, accounted, gaps } = verification;
  const lines = gaps.map(({ page, sid, state, expected, found, reason }) => [
    String(page ?? ''),
    String(sid ?? ''),
    state ?? '',
    String(expected),
    String(found),
    reason,
  ]);
  const head = `${issue}  ${accounted} of ${recipients} recipients accounted for, ${gaps.length} gaps`;
  const body = table(['page', 'sid', 'state', 'expected', 'found', 'reason'], lines);
  return {
    data: verification,
    text: body === '' ? head : `${head}\n${body}`,
    status: gaps.length === 0 ? exitStatus.ok : exitStatus.failure,
  };
}
