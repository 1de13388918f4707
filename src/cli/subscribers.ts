/** `paperboy subscribers …`: add, show, list, export, forget; import is in a file of its own. */
import { once } from 'node:events';
import type { Command } from 'commander';
import { stateByConsent } from '../../subscribers/changes.ts';
import { exportCsv } from '../../subscribers/export-csv.ts';
import type { Preferences } from '../../subscribers/preferences.ts';
import type { SubscriberFilter } from '../../subscribers/reader.ts';
import type { Subscriber, SubscriberState } from '../../subscribers/subscriber.ts';
import { describeSubscriber } from '../../subscribers/subscriber-json.ts';
import type { App } from '../app.ts';
import { PaperboyError } from '../core/errors.ts';
import { newsletterOf, topicsOf } from '../delivery/newsletter.ts';
import { action, type CommonOptions, common, type Io, type Outcome, type Run } from './frame.ts';
import { importContext } from './import-context.ts';
import { parseCount, parseTopics } from './options.ts';
import { addImport } from './subscribers-import.ts';
import { table } from './table.ts';
import { withApp } from './with-app.ts';

export function addSubscribers(program: Command, io: Io, run: Run): void {
  const group = program.command('subscribers').description('who gets the mail');
  addImport(group, io, run);
  addAdd(group, io, run);
  addShow(group, io, run);
  addList(group, io, run);
  addExport(group, io, run);
  addForget(group, io, run);
}

interface AddOptions extends CommonOptions {
  readonly consent?: string;
  readonly name?: string;
  readonly newsletters?: string;
  readonly topics?: string;
  readonly frequency?: string;
  readonly format?: string;
  readonly language?: string;
  readonly timezone?: string;
  readonly hour?: string;
}

function addAdd(group: Command, io: Io, run: Run): void {
  const command = group.command('add').description('add or update one subscriber').argument('<address>');
  common(command, [
    'subscribers add ann@example.com --consent "asked by mail" --topics models,policy',
    'subscribers add ann@example.com --name Ann --timezone Europe/Berlin --hour 7',
  ])
    .option('--consent <text>', 'what they agreed to; without it a newcomer is pending and gets no mail')
    .option('--name <name>')
    .option('--newsletters <ids>', 'separated by commas; default: all')
    .option('--topics <ids>', 'separated by commas, or all')
    .option('--frequency <frequency>', 'daily or weekly')
    .option('--format <format>', 'html or text')
    .option('--language <language>', 'zh or en')
    .option('--timezone <zone>', 'like Asia/Shanghai')
    .option('--hour <hour>', '0 to 23')
    .action(
      action<AddOptions, [string]>(io, run, (options, address) =>
        withApp(io, options, (app) => addOne(app, address, options)),
      ),
    );
}

async function addOne(app: App, address: string, options: AddOptions): Promise<Outcome> {
  const memberships = options.newsletters?.split(',').map((id) => newsletterOf(app.config, id.trim()).id);
  const context = importContext(app.config, options.consent);
  const [first = context.newsletters[0] ?? ''] = memberships ?? [];
  const result = await app.subscribers.upsert({
    address,
    state: stateByConsent(options.consent),
    consent: options.consent ?? null,
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(memberships === undefined ? {} : { memberships }),
    ...readPreferences(app, options),
    defaults: context.defaults[first] ?? {},
  });
  if (result.outcome === 'refused') {
    throw new PaperboyError('subscriber-invalid', `${address} asked to be forgotten`, {
      hint: '`paperboy suppress remove` comes first, if they want to return',
    });
  }
  return {
    data: describeSubscriber(result.subscriber),
    text: `${result.outcome}\n${describe(result.subscriber)}`,
  };
}

function readPreferences(app: App, options: AddOptions): Partial<Preferences> {
  const { topics, frequency, format, language, timezone, hour } = options;
  const known = topicsOf(app.config).map(({ id }) => id);
  return {
    ...(topics === undefined ? {} : { topics: parseTopics(topics, known) }),
    ...(frequency === undefined ? {} : { frequency: oneOf(frequency, ['daily', 'weekly'], '--frequency') }),
    ...(format === undefined ? {} : { format: oneOf(format, ['html', 'text'], '--format') }),
    ...(language === undefined ? {} : { language: oneOf(language, ['zh', 'en'], '--language') }),
    ...(timezone === undefined ? {} : { timezone }),
    ...(hour === undefined ? {} : { hour: parseCount(hour, '--hour', 23) }),
  };
}

function oneOf<Word extends string>(text: string, words: readonly Word[], option: string): Word {
  const word = words.find((known) => known === text);
  if (word !== undefined) return word;
  throw new PaperboyError(
    'usage',
    `${option}: found ${JSON.stringify(text)}, expected ${words.join(' or ')}`,
  );
}

function addShow(group: Command, io: Io, run: Run): void {
  const command = group.command('show').description('one subscriber').argument('<address>');
  common(command, ['subscribers show ann@example.com']).action(
    action<CommonOptions, [string]>(io, run, (options, address) =>
      withApp(io, options, async (app) => {
        const subscriber = await app.subscribers.findByAddress(address);
        if (subscriber) return { data: describeSubscriber(subscriber), text: describe(subscriber) };
        throw new PaperboyError('subscriber-unknown', `there is no subscriber ${JSON.stringify(address)}`);
      }),
    ),
  );
}

function describe(subscriber: Subscriber): string {
  const { sid, address, name, state, topics, frequency, format, language, timezone, hour } = subscriber;
  const { consent, memberships } = describeSubscriber(subscriber);
  const lines: readonly (readonly [string, string])[] = [
    ['address', address],
    ['name', name],
    ['sid', String(sid)],
    ['state', state],
    ...Object.entries(memberships).map(
      ([newsletter, membership]) => [newsletter, `${membership.state} since ${membership.since}`] as const,
    ),
    ['topics', topics === 'all' ? 'all' : topics.join(', ')],
    ['frequency', `${frequency}, at ${hour}:00 ${timezone}`],
    ['format', format],
    ['language', language],
    ['consent', consent ?? 'none on record'],
  ];
  return lines.map(([label, value]) => `${label.padEnd(12)}${value}`.trimEnd()).join('\n');
}

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

function addList(group: Command, io: Io, run: Run): void {
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

function addExport(group: Command, io: Io, run: Run): void {
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
          if (!io.stdout.write(piece)) await once(io.stdout, 'drain');
        }
        return { data: null, text: '' };
      }),
    ),
  );
}

function addForget(group: Command, io: Io, run: Run): void {
  const command = group
    .command('forget')
    .description('erase a person; only a keyed hash stays, so that no import brings them back')
    .argument('<address>');
  common(command, ['subscribers forget ann@example.com --yes'])
    .option('--yes', 'do it without asking')
    .action(
      action<CommonOptions & { readonly yes?: boolean }, [string]>(io, run, (options, address) =>
        withApp(io, options, async (app) => {
          await demandYes(io, options.yes, `erase ${address} for good?`);
          const { sid } = await app.subscribers.forget(address);
          const text =
            sid === null ? 'no subscriber had this address; it stays blocked' : `forgotten, sid ${sid}`;
          return { data: { address, sid, forgotten: sid !== null }, text };
        }),
      ),
    );
}

/** Asks on a terminal; elsewhere --yes is needed. @throws PaperboyError `usage`, `interrupted` */
async function demandYes(io: Io, yes: boolean | undefined, question: string): Promise<void> {
  if (yes) return;
  if (!io.canAsk) throw new PaperboyError('usage', `${question} Say so with --yes.`);
  const { createInterface } = await import('node:readline/promises');
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question(`${question} [y/N] `, { signal: io.signal });
  prompt.close();
  if (!/^y/i.test(answer.trim())) throw new PaperboyError('interrupted', 'nothing was changed');
}
