/** A message as a golden file shows it: envelope, header fields and parts as they are, without what differs every time. */

export interface Received {
  readonly mailFrom: string;
  readonly rcpt: string;
  readonly raw: Buffer;
}

/** Header fields as they stand there, folded lines included. */
export function fieldsOf(raw: Buffer): string[] {
  const text = raw.toString('latin1');
  return text.slice(0, text.indexOf('\r\n\r\n')).split(/\r\n(?![ \t])/);
}

/** Names of the header fields, in order. */
export function fieldNames(raw: Buffer): string[] {
  return fieldsOf(raw).map((field) => field.slice(0, field.indexOf(':')));
}

/** What no two runs have alike, and how the golden file names it. */
const varying: readonly (readonly [RegExp, string])[] = [
  [/^(Date: )\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/, '$1«date»'],
  [/^(Message-ID: <)[0-9a-f]{32}@/, '$1«32 hex digits»@'],
  [/^(Content-Type: multipart\/alternative; boundary=")=_[0-9a-f]{24}"$/, '$1«boundary»"'],
  [/^((?:List-\w+|Archived-At): <https:\/\/[^/]+\/\w+\/)[\w.~-]+>/, '$1«token»>'],
];

export function golden({ mailFrom, rcpt, raw }: Received): string {
  const lines = fieldsOf(raw).map((field) =>
    field.startsWith('DKIM-Signature:')
      ? signatureShape(field)
      : varying.reduce((text, [pattern, name]) => text.replace(pattern, name), field),
  );
  return [
    `MAIL FROM:<${mailFrom.replace(/^([\w-]+[+=])[\w.=+-]+@/, '$1«verp»@')}>`,
    `RCPT TO:<${rcpt}>`,
    ...lines.map((line) => line.replaceAll('\r\n', '\n')),
    '',
    ...partHeads(raw),
  ].join('\n');
}

/** The signature on one line, hash and signature left out. */
function signatureShape(field: string): string {
  return field
    .replace(/\r\n\s+/g, ' ')
    .replace(/ bh=[A-Za-z0-9+/=]+/, ' bh=«hash»')
    .replace(/ b=[A-Za-z0-9+/= ]+$/, ' b=«signature»');
}

/** The head of each part of the body; how many lines of base64 follow is not told. */
function partHeads(raw: Buffer): string[] {
  const text = raw.toString('latin1');
  const boundary = /boundary="([^"]+)"/.exec(text)?.[1];
  if (boundary === undefined) return ['(one part)'];
  const [, ...parts] = text.split(`--${boundary}`);
  return parts.map((part) =>
    part.startsWith('--')
      ? '--«boundary»--'
      : `--«boundary»${part.slice(0, part.indexOf('\r\n\r\n')).replaceAll('\r\n', '\n')}`,
  );
}
