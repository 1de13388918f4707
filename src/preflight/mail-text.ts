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

/** A header field of a message without its name, unfolded (RFC 5322 §2.2.3); undefined when it has none. */
export function headerOf(raw: Buffer, name: string): string | undefined {
  const end = raw.indexOf('\r\n\r\n');
  const header = raw.toString('latin1', 0, end < 0 ? raw.length : end).replace(/\r\n(?=[ \t])/g, '');
  const field = header.split('\r\n').find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return field?.slice(name.length + 1).trim();
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
