/** `paperboy subscribers add`: one subscriber, with what they chose. */
import type { Command } from 'commander';
import { stateByConsent } from '../../subscribers/changes.ts';
import type { Preferences } from '../../subscribers/preferences.ts';
import { describeSubscriber } from '../../subscribers/subscriber-json.ts';
import type { App } from '../app.ts';
import { PaperboyError } from '../core/errors.ts';
import { newsletterOf, topicsOf } from '../delivery/newsletter.ts';
import { action, type CommonOptions, common, type Io, type Outcome, type Run } from './frame.ts';
import { importContext } from './import-context.ts';
import { oneOf, parseCount, parseTopics } from './options.ts';
import { subscriberText } from './subscriber-text.ts';
import { withApp } from './with-app.ts';

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

export function addAdd(group: Command, io: Io, run: Run): void {
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
    text: `${result.outcome}\n${subscriberText(result.subscriber)}`,
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
