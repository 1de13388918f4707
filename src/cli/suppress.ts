/** `paperboy suppress …`: addresses not to be mailed again. */
import type { Command } from 'commander';
import {
  type Suppression,
  type SuppressionFilter,
  type SuppressionReason,
  suppressionReasons,
} from '../../subscribers/suppression.ts';
import type { App } from '../app.ts';
import { PaperboyError } from '../core/errors.ts';
import { action, type CommonOptions, common, type Io, type Outcome, type Run } from './frame.ts';
import { table } from './table.ts';
import { withApp } from './with-app.ts';

interface FilterOptions extends CommonOptions {
  readonly since?: string;
  readonly domain?: string;
  readonly reason?: string;
}

export function addSuppress(program: Command, io: Io, run: Run): void {
  const group = program.command('suppress').description('addresses that are not to be mailed again');
  addAdd(group, io, run);
  addRemove(group, io, run);
  addList(group, io, run);
}

function addAdd(group: Command, io: Io, run: Run): void {
  const command = group.command('add').description('never mail an address again').argument('<address>');
  common(command, ['suppress add ann@example.com --evidence "asked on the phone"'])
    .option('--reason <reason>', 'bounce, complaint or operator', 'operator')
    .option('--evidence <text>', 'what it rests on', '')
    .action(
      action<CommonOptions & { readonly reason: string; readonly evidence: string }, [string]>(
        io,
        run,
        (options, address) =>
          withApp(io, options, async (app) => {
            const reason = readReason(options.reason);
            if (reason === 'forgotten') {
              throw new PaperboyError('usage', '--reason: `subscribers forget` forgets');
            }
            const { suppression, sid } = await app.subscribers.suppress(address, {
              reason,
              evidence: options.evidence,
            });
            return {
              data: { ...suppression, sid },
              text: `${address} is suppressed (${suppression.reason})`,
            };
          }),
      ),
    );
}

function withFilter(command: Command): Command {
  return command
    .option('--since <date>', 'only those since then, like 2026-03-01')
    .option('--domain <domain>', 'only addresses of this domain')
    .option('--reason <reason>', `only those with this reason: ${suppressionReasons.join(', ')}`);
}

function filterOf({ since, domain, reason }: FilterOptions): SuppressionFilter {
  return {
    ...(since === undefined ? {} : { since: readSince(since) }),
    ...(domain === undefined ? {} : { domain: domain.toLowerCase() }),
    ...(reason === undefined ? {} : { reason: readReason(reason) }),
  };
}

function readSince(text: string): string {
  const time = Date.parse(text);
  if (Number.isFinite(time)) return new Date(time).toISOString();
  throw new PaperboyError('usage', `--since: found ${JSON.stringify(text)}, expected a date like 2026-03-01`);
}

function readReason(text: string): SuppressionReason {
  const reason = suppressionReasons.find((known) => known === text);
  if (reason !== undefined) return reason;
  throw new PaperboyError('usage', `--reason: there is no reason ${JSON.stringify(text)}`, {
    hint: `the reasons are: ${suppressionReasons.join(', ')}`,
  });
}

function addRemove(group: Command, io: Io, run: Run): void {
  const command = withFilter(
    group
      .command('remove')
      .description('lift the suppression of an address, or of many')
      .argument('[address]', 'one address; without it, those that the options name'),
  );
  common(command, [
    'suppress remove ann@example.com',
    'suppress remove --since 2026-03-01 --domain example.com --reason bounce',
  ]).action(
    action<FilterOptions, [string | undefined]>(io, run, (options, address) =>
      withApp(io, options, (app) => remove(app, address, options)),
    ),
  );
}

async function remove(app: App, address: string | undefined, options: FilterOptions): Promise<Outcome> {
  if (address !== undefined) {
    const removed = (await app.subscribers.unsuppress(address)) ? 1 : 0;
    return {
      data: { removed },
      text: removed === 1 ? `${address} is suppressed no more` : `${address} was not suppressed`,
    };
  }
  const filter = filterOf(options);
  if (Object.keys(filter).length === 0) {
    throw new PaperboyError('usage', 'name an address, or narrow with --since, --domain or --reason');
  }
  const { length: removed } = await app.subscribers.unsuppressWhere(filter);
  return { data: { removed }, text: `${removed} suppressions lifted` };
}

function addList(group: Command, io: Io, run: Run): void {
  const command = withFilter(group.command('list').description('all suppressions, the earliest first'));
  common(command, ['suppress list --since 2026-03-01', 'suppress list --reason bounce --json']).action(
    action<FilterOptions, []>(io, run, (options) =>
      withApp(io, options, async (app) =>
        describe(await app.subscribers.listSuppressions(filterOf(options))),
      ),
    ),
  );
}

function describe(suppressions: readonly Suppression[]): Outcome {
  const rows = suppressions.map(({ address, reason, since, evidence }) => [
    address ?? (reason === 'forgotten' ? '(forgotten)' : '(unknown)'),
    reason,
    since,
    evidence,
  ]);
  return {
    data: suppressions,
    text: table(['address', 'reason', 'since', 'evidence'], rows) || 'no address is suppressed',
  };
}
