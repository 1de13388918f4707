/**
 * Every edition as SpamAssassin scores it, asking nobody (`-L`); left out where it is not installed (Debian:
 * `apt-get install spamassassin`). Mailboxes refuse at 5.
 *
 * What still gives points, for nothing that could be otherwise: SUBJ_ALL_CAPS, because a subject of Han has no small
 * letters beside its `AI`; HTML_OBFUSCATE_05_10, because Han follows markup without a space.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nameOf, provenDigests, renderAll } from '../helpers/editions.ts';

const most = 1;
const isInstalled = spawnSync('spamassassin', ['--version']).status === 0;
if (!isInstalled) process.stderr.write('spamassassin is not installed: mails are not scored\n');

it.runIf(isInstalled)('every edition scores under 1.0', { timeout: 120_000 }, async () => {
  const messages: { readonly name: string; readonly raw: Buffer }[] = [];
  for (const file of provenDigests)
    for (const sample of (await renderAll(file)).samples)
      messages.push({ name: `${file.name} ${nameOf(sample)}`, raw: sample.message.raw });
  const scores = scoresOf(messages.map(({ raw }) => raw));
  expect(scores).toHaveLength(messages.length);
  const bad = scores.map((score, index) => ({ name: messages[index]?.name, ...score }));
  expect(bad.filter(({ score }) => !(score < most))).toEqual([]);
  // A mail that was not understood would score nothing either.
  for (const { rules } of scores)
    expect(rules).toEqual(expect.arrayContaining(['HTML_MESSAGE', 'MAILING_LIST_MULTI']));
});

interface Score {
  readonly score: number;
  readonly rules: readonly string[];
}

/** All messages in one run, as a mailbox file; no line of theirs begins with `From `, since bodies are base64. */
function scoresOf(messages: readonly Buffer[]): Score[] {
  const home = mkdtempSync(join(tmpdir(), 'paperboy-spam-'));
  const mailbox = messages
    .map((raw) => `From x@y.invalid Mon Mar  2 00:00:00 2026\n${unixEnds(raw)}\n`)
    .join('');
  const { stdout } = spawnSync('spamassassin', ['-L', '--mbox'], {
    input: mailbox,
    env: { ...process.env, HOME: home },
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  rmSync(home, { recursive: true });
  const unfolded = stdout.replace(/\n[ \t]+/g, ' ');
  return [...unfolded.matchAll(/^X-Spam-Status: .*? score=(-?[\d.]+) .*? tests=(.*?) autolearn/gm)].map(
    ([, score, rules = '']) => ({ score: Number(score), rules: rules.split(/,\s*/) }),
  );
}

function unixEnds(raw: Buffer): string {
  return raw.toString('latin1').replaceAll('\r\n', '\n');
}
