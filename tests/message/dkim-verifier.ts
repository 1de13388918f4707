/**
 * A verifier of DKIM signatures written from RFC 6376 alone, line by line and tag by tag; it shares nothing with the
 * signer but node's RSA and SHA-256.
 */
import { createHash, createPublicKey, verify } from 'node:crypto';

export interface Verdict {
  /** `pass`, or what failed first. */
  readonly result: 'pass' | 'no signature' | 'body hash differs' | 'signature differs';
  readonly tags: ReadonlyMap<string, string>;
  /** The names of h=, lower case, in their order. */
  readonly names: readonly string[];
}

/** @param record of the DNS. Knows rsa-sha256 with relaxed/relaxed, and a DKIM-Signature as the first field. */
export function verifyDkim(raw: Buffer, record: string): Verdict {
  const lines = raw.toString('latin1').split('\r\n');
  const empty = lines.indexOf('');
  const fields: string[] = [];
  for (const line of lines.slice(0, empty)) {
    if (/^[ \t]/.test(line)) fields.push(`${fields.pop()}${line}`);
    else fields.push(line);
  }
  const [signature = '', ...signed] = fields;
  if (!/^dkim-signature:/i.test(signature)) return { result: 'no signature', tags: new Map(), names: [] };
  const tags = tagList(signature.slice(signature.indexOf(':') + 1));
  const names = (tags.get('h') ?? '').split(':').map((name) => name.trim().toLowerCase());

  // §3.4.4, then §3.7: the body hash.
  const body = lines.slice(empty + 1).map((line) => line.replaceAll('\t', ' ').split(/ +/).join(' '));
  const stripped = body.map((line) => (line.endsWith(' ') ? line.slice(0, -1) : line));
  while (stripped.at(-1) === '') stripped.pop();
  const hash = createHash('sha256');
  for (const line of stripped) hash.update(`${line}\r\n`, 'latin1');
  if (hash.digest('base64') !== tags.get('bh')) return { result: 'body hash differs', tags, names };

  // §5.4.2: of several fields of a name the last that is not yet taken; none is the null string.
  const left = signed.map(canonical);
  const input: string[] = [];
  for (const name of names) {
    const at = left.findLastIndex((field) => field.startsWith(`${name}:`));
    if (at !== -1) input.push(...left.splice(at, 1));
  }
  // §3.7: the field itself, with b= emptied and without a line end.
  const own = canonical(signature).replace(/([:;]\s*b=)[^;]*/, '$1');
  const data = Buffer.from([...input, own].join('\r\n'), 'latin1');
  const key = createPublicKey({
    key: Buffer.from(tagList(record).get('p') ?? '', 'base64'),
    format: 'der',
    type: 'spki',
  });
  const isValid = verify('sha256', data, key, Buffer.from(tags.get('b') ?? '', 'base64'));
  return { result: isValid ? 'pass' : 'signature differs', tags, names };
}

/** §3.2, whitespace within values left out. */
function tagList(text: string): Map<string, string> {
  const tags = new Map<string, string>();
  for (const tag of text.split(';')) {
    const [name = '', ...value] = tag.split('=');
    if (name.trim() !== '') tags.set(name.trim(), value.join('=').replace(/\s/g, ''));
  }
  return tags;
}

/** §3.4.2, of an unfolded field. */
function canonical(field: string): string {
  const [name = '', ...value] = field.split(':');
  const text = value
    .join(':')
    .split(/[ \t]+/)
    .filter((word) => word !== '')
    .join(' ');
  return `${name.replace(/[ \t]+$/, '').toLowerCase()}:${text}`;
}
