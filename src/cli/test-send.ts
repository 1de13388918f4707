/** `paperboy test-send`: one marked copy to any address, outside the ledger. Needs no Redis and holds no real token. */
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { parseAddress } from '../../subscribers/address.ts';
import type { Settings } from '../app.ts';
import { systemClock } from '../core/clock.ts';
import { PaperboyError } from '../core/errors.ts';
import { randomId } from '../core/ids.ts';
import { sampleLinks } from '../delivery/links.ts';
import { senderOf } from '../delivery/newsletter.ts';
import { loadSigners } from '../delivery/signers.ts';
import { compose } from '../message/compose.ts';
import type { Message } from '../message/message.ts';
import { prepareEdition, testMarks } from '../message/prepare-message.ts';
import { hasErrors } from '../preflight/problem.ts';
import type { EditionSample } from '../preflight/sample.ts';
import { type DigestOptions, digestOptions } from './digest-options.ts';
import { action, common, type Io, type Outcome, type Run, say } from './frame.ts';
import { chosenSet, type OpenedFile, openDigestFile, preflightFile } from './preflight-file.ts';
import { describeProblems } from './problem-text.ts';
import { firstConnection, relayFailure } from './relay.ts';

interface TestSendOptions extends DigestOptions {
  readonly to: string;
  readonly topics?: string;
}

export function addTestSend(program: Command, io: Io, run: Run): void {
  const command = program
    .command('test-send')
    .description('send one marked copy to any address; no subscriber is asked, nothing is recorded')
    .argument('<file>', 'the digest: Markdown, plain text or JSON');
  digestOptions(
    common(command, [
      'test-send today.md --to me@example.org',
      'test-send today.md --to me@example.org --topics policy,models',
      'test-send week.md --to me@example.org --weekly',
    ]),
  )
    .requiredOption('--to <address>', 'where the copy goes')
    .option('--weekly', 'of the issue of its week, for the weekly readers')
    .option('--topics <topics>', 'the edition of readers who chose these, e.g. policy,models; default: all')
    .action(action<TestSendOptions, [string]>(io, run, (options, file) => testSend(io, file, options)));
}

async function testSend(io: Io, file: string, options: TestSendOptions): Promise<Outcome> {
  const { address } = parseAddress(options.to);
  const opened = await openDigestFile(io, file, options);
  const sample = await edition(io, opened, options);
  const { reply, relay } = await submit(
    opened.settings,
    await signedCopy(opened, marked(opened, sample, address)),
    io.signal,
  );
  const data = { to: address, edition: sample.edition.id, accepted: true, reply };
  return { data, text: `accepted by ${relay} for ${address}: ${reply}` };
}

/** What preflight finds is told and holds nothing up: this is how a person looks at it. */
async function edition(io: Io, opened: OpenedFile, options: TestSendOptions): Promise<EditionSample> {
  const set = chosenSet(opened, options.topics ?? 'all');
  const samples: EditionSample[] = [];
  const { editions, problems } = await preflightFile(io, opened, {
    set,
    onEdition: (sample) => samples.push(sample),
  });
  const [sample] = samples;
  if (problems.length > 0) say(io, describeProblems(io, problems, editions));
  if (sample !== undefined) return sample;
  throw new PaperboyError('render-failed', 'the edition could not be made', {
    hint: hasErrors(problems) ? `${problems[0]?.message}` : '`paperboy check` tells why',
  });
}

/** As the real one would be signed, so that it proves the key in a real inbox. */
async function signedCopy({ newsletter, settings }: OpenedFile, message: Message): Promise<Message> {
  const signers = await loadSigners(settings.config);
  return await signers.sign(message, newsletter.from.address.split('@')[1] ?? '');
}

/** An issue id of its own keeps a mail client from taking two test copies for one mail. */
function marked(
  { newsletter, settings }: OpenedFile,
  { edition, rendered }: EditionSample,
  address: string,
): Message {
  const sender = senderOf(newsletter, `${edition.issue}.test-${randomId(4)}`, randomBytes(32));
  const prepared = prepareEdition(rendered, sender, { subjectPrefix: testMarks[newsletter.language] });
  const links = sampleLinks(settings.environment.publicUrl);
  return compose(prepared, { ...links, address, name: '', sid: 0, sendAt: systemClock() });
}

interface Accepted {
  readonly relay: string;
  readonly reply: string;
}

/** @throws PaperboyError `smtp-unreachable`, `smtp-refused`, `interrupted` */
async function submit(settings: Settings, message: Message, signal: AbortSignal): Promise<Accepted> {
  const { connection, transport } = await firstConnection(settings);
  try {
    const outcome = await connection
      .send(message, async () => !signal.aborted)
      .finally(() => connection.close());
    if (outcome.type === 'accepted') return { relay: transport.name, reply: outcome.reply };
    throw relayFailure(transport.name, outcome);
  } finally {
    await transport.close();
  }
}
