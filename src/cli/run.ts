/** `paperboy work`, `serve` and `up`: the processes of the real thing. */
import type { Command } from 'commander';
import { startWorkers } from '../../workers/all.ts';
import { openApp, type Settings } from '../app.ts';
import { action, type CommonOptions, common, type Io, type Outcome, type Run, say } from './frame.ts';
import { closeAll, runUntilStopped, type Service, startDataInbox, startPages } from './services.ts';
import { settingsFor } from './with-app.ts';

export function addWork(program: Command, io: Io, run: Run): void {
  const command = program
    .command('work')
    .description('plan, deliver and sweep until stopped; run as many as you like');
  common(command, ['work', 'SMTP_URL=smtp://relay.example:587 paperboy work']).action(
    action<CommonOptions, []>(io, run, (options) => work(io, settingsFor(io, options))),
  );
}

export function addServe(program: Command, io: Io, run: Run): void {
  const command = program.command('serve').description('the pages: preferences, unsubscribe, /healthz');
  common(command, [
    'serve',
    'HOST=0.0.0.0 PORT=80 PUBLIC_URL=https://news.example.org paperboy serve',
  ]).action(action<CommonOptions, []>(io, run, (options) => serve(io, settingsFor(io, options))));
}

export function addUp(program: Command, io: Io, run: Run): void {
  const command = program
    .command('up')
    .description(
      'everything in one process: workers, pages, and the built-in inbox when no relay is configured',
    );
  common(command, ['up']).action(
    action<CommonOptions, []>(io, run, (options) => up(io, settingsFor(io, options))),
  );
}

async function work(io: Io, settings: Settings): Promise<Outcome> {
  return await together(io, async (started) => {
    const app = await openApp(settings);
    started.push(app);
    started.push(await startWorkers(app));
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

async function up(io: Io, settings: Settings): Promise<Outcome> {
  return await together(io, async (started) => {
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
    started.push(await startWorkers(app));
    say(io, `pages on ${web.url}; Ctrl-C stops`);
  });
}

/** Runs what `start` starts until the process is told to stop; closes what had started when a later part fails. */
export async function together(io: Io, start: (started: Service[]) => Promise<void>): Promise<Outcome> {
  const started: Service[] = [];
  try {
    await start(started);
  } catch (error) {
    await closeAll(started);
    throw error;
  }
  return await runUntilStopped(io, started);
}
