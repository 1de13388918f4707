/** `paperboy subscribers …`: show and forget; the others are in files of their own. */
import type { Command } from 'commander';
import { describeSubscriber } from '../../subscribers/subscriber-json.ts';
import { PaperboyError } from '../core/errors.ts';
import { demandYes } from './ask.ts';
import { action, type CommonOptions, common, type Io, type Run } from './frame.ts';
import { subscriberText } from './subscriber-text.ts';
import { addAdd } from './subscribers-add.ts';
import { addImport } from './subscribers-import.ts';
import { addExport, addList } from './subscribers-list.ts';
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

function addShow(group: Command, io: Io, run: Run): void {
  const command = group.command('show').description('one subscriber').argument('<address>');
  common(command, ['subscribers show ann@example.com']).action(
    action<CommonOptions, [string]>(io, run, (options, address) =>
      withApp(io, options, async (app) => {
        const subscriber = await app.subscribers.findByAddress(address);
        if (subscriber) return { data: describeSubscriber(subscriber), text: subscriberText(subscriber) };
        throw new PaperboyError('subscriber-unknown', `there is no subscriber ${JSON.stringify(address)}`);
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
