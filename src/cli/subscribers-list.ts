/** `paperboy subscribers list` and `export`: all of them, or those that a filter names. */
import type { Command } from 'commander';
import { exportCsv } from '../../subscribers/export-csv.ts';
import type { SubscriberFilter } from '../../subscribers/reader.ts';
import type { Subscriber, SubscriberState } from '../../subscribers/subscriber.ts';
import { describeSubscriber } from '../../subscribers/subscriber-json.ts';
import type { App } from '../app.ts';
import { newsletterOf } from '../delivery/newsletter.ts';
import { action, type CommonOptions, common, type Io, print, type Run } from './frame.ts';
import { oneOf } from './options.ts';
import { table } from './table.ts';
import { withApp } from './with-app.ts';

interface ListOptions extends CommonOptions {
  readonly newsletter?: string;
  readonly state?: string;
}

const states: readonly SubscriberState[] = ['pending', 'active', 'paused', 'suppressed'];

function withFilter(command: Command): Command {
  return command
    .option('--newsletter <id>', 'only those subscribed to it')
    .option('--state <state>', `only those in one state: ${states.join(', ')}`);
}

function filterOf(app: App, { newsletter, state }: ListOptions): SubscriberFilter {
  return {
    ...(newsletter === undefined ? {} : { newsletter: newsletterOf(app.config, newsletter).id }),
    ...(state === undefined ? {} : { state: oneOf(state, states, '--state') }),
  };
}

export function addList(group: Command, io: Io, run: Run): void {
  const command = withFilter(group.command('list').description('all subscribers'));
  common(command, [
    'subscribers list --newsletter ai-daily',
    'subscribers list --state pending --json',
  ]).action(
    action<ListOptions, []>(io, run, (options) =>
      withApp(io, options, async (app) => {
        const found: Subscriber[] = [];
        for await (const subscriber of app.subscribers.list(filterOf(app, options))) found.push(subscriber);
        const rows = found.map(({ sid, address, state, topics, frequency, timezone, hour }) => [
          String(sid),
          address,
          state,
          topics === 'all' ? 'all' : topics.join(','),
          frequency,
          `${hour}:00 ${timezone}`,
        ]);
        const text = table(['>sid', 'address', 'state', 'topics', 'frequency', 'hour'], rows);
        return { data: found.map(describeSubscriber), text: text || 'no such subscriber' };
      }),
    ),
  );
}

export function addExport(group: Command, io: Io, run: Run): void {
  const command = withFilter(group.command('export').description('all subscribers as CSV on stdout'));
  common(command, ['subscribers export > readers.csv']).action(
    action<ListOptions, []>(io, run, (options) =>
      withApp(io, options, async (app) => {
        const filter = filterOf(app, options);
        if (options.json) {
          let csv = '';
          for await (const piece of exportCsv(app.subscribers, filter)) csv += piece;
          return { data: { csv }, text: '' };
        }
        for await (const piece of exportCsv(app.subscribers, filter)) {
          if (!(await print(io, piece))) break;
        }
        return { data: null, text: '' };
      }),
    ),
  );
}
