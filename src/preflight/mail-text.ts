/** Reading a mail of ours back: text and links of its HTML part, fields of its header. */

/** What stands between the tags, entities decoded, white space folded to single spaces. */
export function visibleText(html: string): string {
  return decodeEntities(html.replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
}

/** The values of every `href` and `src`, decoded, each once. */
export function linksOf(html: string): readonly string[] {
  const links = new Set<string>();
  for (const [, , value = ''] of html.matchAll(/\s(?:href|src)=(["'])(.*?)\1/gis))
    links.add(decodeEntities(value));
  return [...links];
}

/** A header field as it stands in a message, unfolded (RFC 5322 §2.2.3). */
export interface HeaderText {
  readonly name: string;
  readonly value: string;
}

export function fieldsOf(raw: Buffer): readonly HeaderText[] {
  const end = raw.indexOf('\r\n\r\n');
  const header = raw.toString('latin1', 0, end < 0 ? raw.length : end).replace(/\r\n(?=[ \t])/g, '');
  return header.split('\r\n').map((line) => {
    const colon = line.indexOf(':');
    return { name: line.slice(0, colon), value: line.slice(colon + 1).trim() };
  });
}

/** The value of the first field of that name; undefined when there is none. */
export function headerOf(raw: Buffer, name: string): string | undefined {
  return fieldsOf(raw).find((field) => field.name.toLowerCase() === name.toLowerCase())?.value;
}

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{2,8}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return named[name.toLowerCase()] ?? whole;
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}
