/** `paperboy dkim generate`: makes the key that signs mails, and says what the DNS must publish. Needs no Redis. */
import { resolve } from 'node:path';
import { domainToASCII } from 'node:url';
import type { Command } from 'commander';
import { writeOnce } from '../config/write-once.ts';
import { PaperboyError } from '../core/errors.ts';
import { dkimNameProblem } from '../message/dkim.ts';
import { generateDkimKey } from '../message/dkim-key.ts';
import { action, type CommonOptions, common, type Io, type Outcome, type Run } from './frame.ts';
import { unwritable } from './unwritable.ts';

interface GenerateOptions extends CommonOptions {
  readonly domain: string;
  readonly selector: string;
  readonly out?: string;
}

export function addDkim(program: Command, io: Io, run: Run): void {
  const group = program.command('dkim').description('the key that signs mails, so that receivers trust them');
  const command = group.command('generate').description('make a key, and show the DNS record to publish');
  common(command, [
    'dkim generate --domain news.example --selector p1',
    'dkim generate --domain news.example --selector p1 --out /etc/paperboy/dkim.pem',
  ])
    .requiredOption('--domain <domain>', 'the domain of the From address')
    .requiredOption('--selector <selector>', 'names this key among those of the domain, like p1')
    .option('--out <file>', 'where the private key goes; default: dkim-SELECTOR.DOMAIN.pem')
    .action(action<GenerateOptions, []>(io, run, (options) => generate(io, options)));
}

/** The keys of `dkim generate --json`. */
interface Generated {
  readonly domain: string;
  readonly selector: string;
  /** Absolute; of the private key. */
  readonly file: string;
  /** Of the TXT record. */
  readonly name: string;
  readonly value: string;
  /** The value in strings of at most 255 octets, as a zone file takes it (RFC 6376 §3.6.2.2). */
  readonly strings: readonly string[];
}

async function generate(io: Io, options: GenerateOptions): Promise<Outcome> {
  const domain = readName('domain', domainToASCII(options.domain) || options.domain);
  const selector = readName('selector', options.selector);
  const out = options.out ?? `dkim-${selector}.${domain}.pem`;
  const file = resolve(io.cwd, out);
  const { privateKeyPem, publicRecord: value } = await generateDkimKey();
  save(file, out, privateKeyPem);
  const name = `${selector}._domainkey.${domain}`;
  const data: Generated = { domain, selector, file, name, value, strings: value.match(/.{1,255}/g) ?? [] };
  return { data, text: describe(data, out) };
}

function readName(what: 'domain' | 'selector', name: string): string {
  const problem = dkimNameProblem(what, name);
  if (problem === undefined) return name;
  throw new PaperboyError('usage', `--${what}: ${problem}`);
}

/** A key in use must not be lost: what it signed could not be verified any more. */
function save(file: string, shown: string, pem: string): void {
  let isNew: boolean;
  try {
    isNew = writeOnce(file, pem);
  } catch (cause) {
    throw unwritable(shown, cause);
  }
  if (isNew) return;
  throw new PaperboyError('file-unwritable', `${shown} is there already; it was left as it is`, {
    hint: 'name another file with --out; a new key takes a new --selector, while the old record stays published',
  });
}

function describe({ name, value, strings }: Generated, out: string): string {
  return [
    `wrote ${out}: the private key. Whoever has it can sign as you; keep it where only Paperboy reads it.`,
    '',
    'Publish this TXT record:',
    `name   ${name}`,
    `value  ${value}`,
    '',
    'The same in a zone file, where a string holds at most 255 octets:',
    `${name}. IN TXT ( ${strings.map((string) => `"${string}"`).join('\n    ')} )`,
  ].join('\n');
}
