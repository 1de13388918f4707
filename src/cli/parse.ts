/** `paperboy parse`: what is read out of a digest file, before anything is made of it. Needs no Redis. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { newsletterOf, topicsOf } from '../delivery/newsletter.ts';
import { builtInTopics, type Topic } from '../digest/topics.ts';
import { type DigestOptions, digestOptions } from './digest-options.ts';
import { describeDigest } from './digest-text.ts';
import { explainText } from './explain-text.ts';
import { action, common, type Io, type Outcome, paint, type Run, say } from './frame.ts';
import { explainInput, readDigest } from './input.ts';

export function addParse(program: Command, io: Io, run: Run): void {
  const command = program
    .command('parse')
    .description('show what is read out of a digest file: categories, stories, topics, sources')
    .argument('<file>', 'the digest: Markdown, plain text or JSON');
  digestOptions(
    common(command, [
      'parse today.md',
      'parse week.md --date 2026-02-03',
      'parse today.txt --json',
      'parse today.md --explain',
    ]),
  )
    .option(
      '--explain',
      'show what each line became: story title, summary, source …; with --json as "explain"',
    )
    .action(
      action<ParseCommandOptions, [string]>(io, run, (options, file) => {
        const isConfigGiven = command.getOptionValueSource('config') === 'cli';
        return parse(io, file, options, isConfigGiven);
      }),
    );
}

interface ParseCommandOptions extends DigestOptions {
  readonly explain?: boolean;
}

async function parse(
  io: Io,
  file: string,
  options: ParseCommandOptions,
  isConfigGiven: boolean,
): Promise<Outcome> {
  const input = { ...options, file, topics: topicTable(io, options, isConfigGiven) };
  if (options.explain === true) {
    const explained = await explainInput(io, input);
    return { data: explained, text: explainText(io, explained.explain) };
  }
  const parsed = await readDigest(io, input);
  if (!options.json) {
    for (const { line, message } of parsed.warnings) {
      say(io, `${paint(io, 'yellow', 'warning')}  ${file}:${line}  ${message}`);
    }
    for (const { line, text } of parsed.unparsed) {
      say(io, `${paint(io, 'yellow', 'unparsed')}  ${file}:${line}  ${text.trim()}`);
    }
  }
  return { data: parsed, text: describeDigest(io, parsed.digest) };
}

/** The configuration's topics; the built-in table where there is no configuration and none was asked for. */
function topicTable(
  io: Io,
  { config: name, newsletter }: DigestOptions,
  isConfigGiven: boolean,
): readonly Topic[] {
  const file = resolve(io.cwd, name);
  if (!isConfigGiven && !existsSync(file)) return builtInTopics;
  const config = loadConfig(file);
  if (newsletter !== undefined) newsletterOf(config, newsletter);
  return topicsOf(config);
}
