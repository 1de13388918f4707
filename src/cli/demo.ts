/** `paperboy demo`: everything on a data folder of its own, with example readers and digests, and no way out. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { importCsv } from '../../subscribers/import-csv.ts';
import { type App, openApp } from '../app.ts';
import { createChaosDesk } from '../chaos/desk.ts';
import { dayIn } from '../core/day-in.ts';
import { packageRoot } from '../core/package-root.ts';
import { sampleLinks } from '../delivery/links.ts';
import { mastheadOf, newsletterOf, topicsOf } from '../delivery/newsletter.ts';
import { publish } from '../delivery/publish.ts';
import { wakeDue } from '../delivery/sweep.ts';
import type { Digest } from '../digest/digest.ts';
import { parseDigest } from '../digest/parse.ts';
import type { Inbox } from '../inbox/smtp-inbox.ts';
import { prepareIssue } from '../render/prepare-issue.ts';
import { createPreviewEditions } from '../web/preview-editions.ts';
import { createDemoDesk } from '../web/store-demo-desk.ts';
import type { WebDeps } from '../web/web-app.ts';
import { startDataInbox } from './data-inbox.ts';
import { addDemoChaos } from './demo-chaos.ts';
import { demoSettings, withFreePort } from './demo-settings.ts';
import { action, type CommonOptions, common, type Io, type Outcome, paint, type Run, say } from './frame.ts';
import { importContext } from './import-context.ts';
import { startPages } from './pages.ts';
import { prepareWorkers } from './prepare-workers.ts';
import { together } from './services.ts';

/** The example digests and the newsletters they are issues of. */
const issues = [
  { newsletter: 'ai-daily', file: 'ai-daily-2026-03-02.md' },
  { newsletter: 'tech-brief', file: 'tech-brief-2026-03-02.txt' },
  { newsletter: 'tech-en', file: 'tech-weekly-en-2026-03-02.md' },
] as const;

/** The two readers of the front page: they chose different topics. */
const shownReaders = ['lin.lan@qq.invalid', 'sam.porter@mail.invalid'] as const;

/** Recipients of the send on the chaos page. */
const chaosMessages = 5_000;

const consent = 'example readers of the demo; nobody by these names exists';

export function addDemo(program: Command, io: Io, run: Run): void {
  const command = program
    .command('demo')
    .description('try everything on this machine: example readers, example digests, a built-in inbox');
  common(command, ['demo', 'PORT=9000 paperboy demo']).action(
    action<CommonOptions, []>(io, run, () => demo(io)),
  );
  addDemoChaos(command, io, run);
}

async function demo(io: Io): Promise<Outcome> {
  for (const name of ['REDIS_URL', 'SMTP_URL'].filter((variable) => io.env[variable])) {
    say(io, `the demo ignores ${name}: it uses a Redis and an inbox of its own`);
  }
  const settings = await withFreePort(io, demoSettings(io));
  return await together(io, async (started) => {
    const workers = prepareWorkers(settings, 1);
    started.push(workers);
    const app = await openApp(settings);
    started.push(app);
    const inbox = await startDataInbox(settings, app.log);
    started.push(inbox);
    const begun = workers.begin(settings);
    // It is waited for below; what goes wrong before is told first.
    begun.catch(() => {});
    await importReaders(app);
    const digests = await readDigests(app);
    const chaos = createChaosDesk({ settings, messages: chaosMessages, log: app.log });
    started.push(chaos);
    const web = await startPages(app, { ...(await demoPieces(app, inbox, digests)), chaos });
    started.push(web);
    await publishExamples(io, app, digests);
    await begun;
    // Once more, as the last to start: the first to be closed, while what it works with is still there.
    started.push(workers);
    say(
      io,
      `\n  ${paint(io, 'bold', web.url)}   two readers, their mails, and a place for a digest of your own`,
    );
    say(io, `  ${web.url}/inbox   every mail that arrived`);
    say(io, `  ${web.url}/chaos   a send of 5,000 with a button to kill its workers\n`);
    say(io, 'Ctrl-C stops everything; the mails stay in data/demo.');
  });
}

async function importReaders(app: App): Promise<void> {
  const csv = await readFile(join(packageRoot(), 'examples', 'subscribers.csv'));
  // What a visitor changed on the pages must outlast the next start: only newcomers are taken from the file.
  if ((await app.subscribers.count()) === 0) {
    await importCsv(csv, { store: app.subscribers }, importContext(app.config, consent));
  }
}

async function readDigests(app: App): Promise<ReadonlyMap<string, Digest>> {
  const digests = new Map<string, Digest>();
  for (const { newsletter, file } of issues) {
    const source = await readFile(join(packageRoot(), 'examples', 'digests', file));
    digests.set(newsletter, parseDigest(source, { topics: topicsOf(app.config), name: file }).digest);
  }
  return digests;
}

async function demoPieces(
  app: App,
  inbox: Inbox,
  digests: ReadonlyMap<string, Digest>,
): Promise<Omit<NonNullable<WebDeps['demo']>, 'chaos'>> {
  const [first] = issues;
  const newsletter = newsletterOf(app.config, first.newsletter);
  const masthead = mastheadOf(app.config, newsletter);
  const topics = topicsOf(app.config);
  const links = sampleLinks(app.environment.publicUrl);
  const digest = digests.get(first.newsletter);
  if (digest === undefined) throw new Error(`no example digest of ${first.newsletter}`);
  const template = await prepareIssue(digest, masthead, { date: digest.date ?? '', topics });
  return {
    desk: createDemoDesk({ subscribers: app.subscribers, addresses: shownReaders, template, links }),
    inbox: inbox.store,
    preview: createPreviewEditions({
      masthead,
      topics,
      links,
      today: () => dayIn(newsletter.timezone, Date.now()),
    }),
  };
}

async function publishExamples(io: Io, app: App, digests: ReadonlyMap<string, Digest>): Promise<void> {
  for (const [newsletter, digest] of digests) {
    const { issue, created, recipients } = await publish(app, { newsletter, digest });
    if (created) say(io, `${issue} goes to ${recipients} example readers`);
    else say(io, `${issue} was sent before; its mails are in the inbox`);
  }
  await wakeDue(app);
}
