/** `paperboy work`, `serve` and `up`: the processes of the real thing. */
import type { Command } from 'commander';
import { startWorkers } from '../../workers/all.ts';
import { openApp, type Settings } from '../app.ts';
import { startDataInbox } from './data-inbox.ts';
import { action, type CommonOptions, common, type Io, type Outcome, type Run, say } from './frame.ts';
import { parseCount } from './options.ts';
import { startPages } from './pages.ts';
import { prepareWorkers } from './prepare-workers.ts';
import { together } from './services.ts';
import { settingsFor } from './with-app.ts';

interface WorkOptions extends CommonOptions {
  readonly processes: string;
}

/** Enough for any machine; each is a process of some 150 MB. */
const mostProcesses = 64;

const processesOption = [
  '--processes <number>',
  'worker processes, each replaced when it dies; 0: work in this process, for who has a supervisor already',
  '1',
] as const;

export function addWork(program: Command, io: Io, run: Run): void {
  const command = program
    .command('work')
    .description('plan, deliver and sweep until stopped; run as many as you like');
  common(command, ['work', 'work --processes 2', 'SMTP_URL=smtp://relay.example:587 paperboy work'])
    .option(...processesOption)
    .action(action<WorkOptions, []>(io, run, (options) => work(io, options)));
}

export function addServe(program: Command, io: Io, run: Run): void {
  const command = program
    .command('serve')
    .description('the pages: preferences, unsubscribe, web copies, votes, archives, /healthz');
  common(command, [
    'serve',
    'HOST=0.0.0.0 PORT=80 PUBLIC_URL=https://news.example.org paperboy serve',
  ]).action(action<CommonOptions, []>(io, run, (options) => serve(io, settingsFor(io, options))));
}

export function addUp(program: Command, io: Io, run: Run): void {
  const command = program
    .command('up')
    .description(
      'everything in one command: workers, pages, and the built-in inbox when no relay is configured',
    );
  common(command, ['up', 'up --processes 2'])
    .option(...processesOption)
    .action(action<WorkOptions, []>(io, run, (options) => up(io, options)));
}

async function work(io: Io, options: WorkOptions): Promise<Outcome> {
  const processes = processesOf(options);
  const settings = settingsFor(io, options);
  return await together(io, async (started) => {
    if (processes > 0) {
      const workers = prepareWorkers(settings, processes);
      started.push(workers);
      await workers.begin(settings);
    } else {
      const app = await openApp(settings);
      started.push(app);
      started.push(await startWorkers(app));
    }
    say(io, 'working; Ctrl-C stops');
  });
}

async function serve(io: Io, settings: Settings): Promise<Outcome> {
  return await together(io, async (started) => {
    const app = await openApp(settings);
    started.push(app);
    const web = await startPages(app);
    started.push(web);
    say(io, `pages on ${web.url}; Ctrl-C stops`);
  });
}

async function up(io: Io, options: WorkOptions): Promise<Outcome> {
  const processes = processesOf(options);
  const settings = settingsFor(io, options);
  return await together(io, async (started) => {
    const workers = prepareWorkers(settings, processes);
    started.push(workers);
    const app = await openApp(settings);
    started.push(app);
    const hasRelay = settings.environment.smtpUrl !== undefined || settings.config.sending.relays.length > 0;
    if (!hasRelay) {
      const inbox = await startDataInbox(settings, app.log);
      started.push(inbox);
      say(io, `no relay is configured: mail goes to the built-in inbox, ${inbox.url}`);
    }
    const web = await startPages(app);
    started.push(web);
    if (processes > 0) await workers.begin(settings);
    // Once more, as the last to start: the first to be closed, while what it works with is still there.
    started.push(processes > 0 ? workers : await startWorkers(app));
    say(io, `pages on ${web.url}; Ctrl-C stops`);
  });
}

/** @throws PaperboyError `usage` */
function processesOf({ processes }: WorkOptions): number {
  return parseCount(processes, '--processes', mostProcesses);
}
