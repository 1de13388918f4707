/** The canonicalization `relaxed` of DKIM (RFC 6376 §3.4): what a signature covers, whatever relays did to whitespace. */

export interface HeaderField {
  /** Lower case. */
  readonly name: string;
  /** Canonical: lower-case name, colon, unfolded value; without CRLF. */
  readonly relaxed: string;
}

/** The fields of a head in their order. @param head every line closed by CRLF */
export function relaxedFields(head: string): HeaderField[] {
  return head
    .split(/\r\n(?![ \t])/)
    .filter((text) => text !== '')
    .map(relaxedField);
}

/** §3.4.2. @param text of one field, folded or not, without its last CRLF */
export function relaxedField(text: string): HeaderField {
  const colon = text.indexOf(':');
  const name = text
    .slice(0, colon)
    .replace(/[ \t]+$/, '')
    .toLowerCase();
  const value = text.slice(colon + 1);
  const unfolded = isRelaxedValue.test(value) ? value : value.replace(/\r\n/g, '').replace(/[ \t]+/g, ' ');
  return { name, relaxed: `${name}:${unfolded.replace(/^ | $/g, '')}` };
}

/** Of nearly every field we make: on one line, its words parted by single spaces. */
const isRelaxedValue = /^ ?[!-~]+(?: [!-~]+)*$/;

/** §3.4.4. A body that is canonical as it stands is given back itself, because it may be large. */
export function relaxedBody(body: Buffer): Buffer {
  if (isRelaxed(body)) return body;
  const text = body
    .toString('latin1')
    .replace(/[ \t]+/g, ' ')
    .replace(/ (?=\r\n)/g, '')
    .replace(/ $/, '');
  let end = text.length;
  while (text.endsWith('\r\n', end)) end -= 2;
  return Buffer.from(end === 0 ? '' : `${text.slice(0, end)}\r\n`, 'latin1');
}

const [tab, lineFeed, carriageReturn, space] = [0x09, 0x0a, 0x0d, 0x20];

/** Only ever looks at whitespace, of which base64 has none. */
function isRelaxed(body: Buffer): boolean {
  const { length } = body;
  if (length < 3 || body[length - 1] !== lineFeed || body[length - 2] !== carriageReturn) return false;
  // An empty line at the end.
  if (body[length - 3] === lineFeed) return false;
  if (body.includes(tab)) return false;
  for (let at = body.indexOf(space); at !== -1; at = body.indexOf(space, at + 1)) {
    if (body[at + 1] === space || body[at + 1] === carriageReturn) return false;
  }
  return true;
}
