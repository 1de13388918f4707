/** DKIM signatures (RFC 6376): rsa-sha256, relaxed/relaxed, over the whole body, made outside the event loop. */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';
import { PaperboyError } from '../core/errors.ts';
import { demandUsable } from './dkim-key.ts';
import { type HeaderField, relaxedBody, relaxedField, relaxedFields } from './dkim-relaxed.ts';
import { type Message, messageOfPieces } from './message.ts';

export interface DkimOptions {
  /** The `d=` of the signature: From's domain or one above it, so that DMARC finds it aligned (RFC 7489 §3.1.1). */
  readonly domain: string;
  readonly selector: string;
  /** RSA of at least 2048 bits; `readDkimKey` reads one. */
  readonly privateKey: KeyObject;
}

export interface DkimSigner {
  readonly domain: string;
  readonly selector: string;
  /** What the DNS must publish: see `dkimRecord`. */
  readonly publicKey: KeyObject;
  /**
   * The same message with a DKIM-Signature as its first field; the same signature whenever it is asked for.
   * @throws PaperboyError `dkim-invalid`: a message is never handed back unsigned
   */
  sign(message: Message): Promise<Message>;
}

/**
 * @throws PaperboyError `dkim-invalid` when the key is not RSA, too short or not private, or a name is none. That the
 * key also works only `probeDkim` tells.
 */
export function createDkimSigner({ domain, selector, privateKey }: DkimOptions): DkimSigner {
  demandName('domain', domain);
  demandName('selector', selector);
  demandUsable(privateKey, `DKIM key of ${selector}._domainkey.${domain}`);
  return {
    domain,
    selector,
    publicKey: createPublicKey(privateKey),
    sign: async (message) => {
      const { fields, body } = dividedMessage(message);
      const covered = coveredBy(fields);
      const unsigned = unsignedField(domain, selector, signedNames(covered), body);
      const signature = await signatureOf(signingInput(covered, unsigned), privateKey, domain);
      const field = Buffer.from(`${unsigned}${folded(signature)}\r\n`, 'latin1');
      const { envelope, messageId, pieces } = message;
      if (pieces === undefined) return { envelope, messageId, raw: Buffer.concat([field, message.raw]) };
      return messageOfPieces(envelope, messageId, [field, ...pieces]);
    },
  };
}

/**
 * Signs a message that is never sent and verifies it with the public key. To be done once before anything is sent.
 * @throws PaperboyError `dkim-invalid`
 */
export async function probeDkim(signer: DkimSigner): Promise<void> {
  const { domain, selector, publicKey } = signer;
  const { raw } = await signer.sign({
    envelope: { from: `probe@${domain}`, to: 'probe@example.invalid' },
    messageId: `<probe@${domain}>`,
    raw: Buffer.from(`From: probe@${domain}\r\nSubject: probe\r\n\r\nprobe\r\n`),
  });
  const text = raw.toString('latin1');
  const end = text.search(/\r\n(?![ \t])/);
  const start = text.lastIndexOf(' b=', end) + ' b='.length;
  const { fields } = dividedMessage({ raw: raw.subarray(end + 2) });
  const input = signingInput(coveredBy(fields), text.slice(0, start));
  if (verify('sha256', input, publicKey, Buffer.from(text.slice(start, end), 'base64'))) return;
  throw new PaperboyError(
    'dkim-invalid',
    `DKIM key of ${selector}._domainkey.${domain}: what it signs, its own public key does not verify`,
    { hint: 'the key is damaged; `paperboy dkim generate` makes a new one' },
  );
}

/** What is wrong with a name that is to stand in signatures and in the DNS; undefined: nothing. */
export function dkimNameProblem(what: 'domain' | 'selector', name: string): string | undefined {
  const isName = dkimName.test(name) && name.length <= 253 && (what === 'selector' || name.includes('.'));
  return isName ? undefined : `found ${JSON.stringify(name)}, expected ${expected[what]}`;
}

const expected = {
  domain: 'a domain name like news.example, labels outside ASCII as xn--…',
  selector: 'labels of letters, digits and hyphens, like p1',
} as const;

/** RFC 6376 §3.1, §3.5; RFC 5321 §4.1.2. */
const dkimName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;

function demandName(what: 'domain' | 'selector', name: string): void {
  const problem = dkimNameProblem(what, name);
  if (problem !== undefined) throw new PaperboyError('dkim-invalid', `DKIM ${what}: ${problem}`);
}

/** RFC 6376 §5.4.1; RFC 8058 §4 demands the two of one-click unsubscription. */
const signed = [
  'From',
  'Reply-To',
  'To',
  'Subject',
  'Date',
  'Message-ID',
  'MIME-Version',
  'Content-Type',
  'List-Id',
  'List-Unsubscribe',
  'List-Unsubscribe-Post',
  'List-Help',
  'Feedback-ID',
].map((name) => ({ name, key: name.toLowerCase() }));

/** Named once more than they occur: nobody can add one that is shown instead (RFC 6376 §8.15). */
const oversigned: readonly string[] = ['from', 'subject'];

interface DividedMessage {
  readonly fields: readonly HeaderField[];
  /** In its canonical form. */
  readonly body: readonly Buffer[];
}

function dividedMessage(message: Pick<Message, 'raw' | 'pieces'>): DividedMessage {
  const { pieces } = message;
  const [first, ...more] = pieces ?? [message.raw];
  const end = first?.indexOf('\r\n\r\n') ?? -1;
  if (first === undefined || end === -1)
    throw new PaperboyError('message-invalid', 'a message without a body cannot be signed');
  const rest = first.subarray(end + 4);
  return {
    fields: relaxedFields(first.toString('latin1', 0, end + 2)),
    body: pieces === undefined ? [relaxedBody(rest)] : [rest, ...more],
  };
}

/** For each of `signed` the fields of that name, each name's from the bottom up (RFC 6376 §5.4.2). */
type Covered = readonly (readonly HeaderField[])[];

function coveredBy(fields: readonly HeaderField[]): Covered {
  const covered = signed.map((): HeaderField[] => []);
  for (const field of fields) {
    const place = places.get(field.name);
    if (place !== undefined) covered[place]?.unshift(field);
  }
  return covered;
}

const places = new Map(signed.map(({ key }, place) => [key, place]));

function signedNames(covered: Covered): string[] {
  const names: string[] = [];
  signed.forEach(({ name, key }, place) => {
    for (const _ of covered[place] ?? []) names.push(name);
    if (oversigned.includes(key)) names.push(name);
  });
  return names;
}

/** The field up to the signature itself, which takes the place behind `b=`. */
function unsignedField(
  domain: string,
  selector: string,
  names: readonly string[],
  body: readonly Buffer[],
): string {
  const hash = createHash('sha256');
  for (const piece of body) hash.update(piece);
  const bodyHash = hash.digest('base64');
  return (
    `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n d=${domain}; s=${selector};\r\n` +
    ` h=${foldedNames(names)};\r\n bh=${bodyHash};\r\n b=`
  );
}

function foldedNames(names: readonly string[]): string {
  let text = '';
  let columns = 0;
  for (const name of names) {
    const isFull = columns + name.length > 70;
    text += `${text === '' ? '' : ':'}${isFull ? '\r\n ' : ''}${name}`;
    columns = (isFull ? 0 : columns) + name.length + 1;
  }
  return text;
}

/** RFC 6376 §3.7: the fields that `h=` names, then this one without CRLF. */
function signingInput(covered: Covered, unsigned: string): Buffer {
  let input = '';
  for (const fields of covered) for (const { relaxed } of fields) input += `${relaxed}\r\n`;
  return Buffer.from(input + relaxedField(unsigned).relaxed, 'latin1');
}

const signInPool = promisify(
  (data: Buffer, key: KeyObject, done: (error: Error | null, signature: Buffer) => void) =>
    sign('sha256', data, key, done),
);

async function signatureOf(input: Buffer, privateKey: KeyObject, domain: string): Promise<string> {
  try {
    return (await signInPool(input, privateKey)).toString('base64');
  } catch (cause) {
    throw new PaperboyError(
      'dkim-invalid',
      `DKIM key of ${domain} cannot sign: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}

function folded(base64: string): string {
  let lines = base64.slice(0, signatureColumns);
  for (let at = signatureColumns; at < base64.length; at += signatureColumns)
    lines += `\r\n ${base64.slice(at, at + signatureColumns)}`;
  return lines;
}

const signatureColumns = 72;
