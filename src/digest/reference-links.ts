/** Links whose address stands elsewhere in the file: `[text][id]` with `[id]: https://…`, and `[1]` with `[1] https://…`. */
import { safeUrl, siteName } from './links.ts';
import type { SourceLine } from './source-lines.ts';
import type { Tally } from './tally.ts';

/** The lines with such links written out, and the lines that hold their addresses emptied and left out. */
export function withReferences(lines: readonly SourceLine[], tally: Tally): SourceLine[] {
  const addresses = addressesIn(lines);
  if (addresses.size === 0) return [...lines];
  let room = mostWritten;
  return lines.map(({ line, text }) => {
    if (addressOf(text) !== undefined) {
      tally.leaveOut(line, 'the address of a link');
      return { line, text: '' };
    }
    const ids: string[] = [];
    const written = text.replace(reference, (whole, label: string, id: string | undefined) => {
      const url = addresses.get((id || label).toLowerCase());
      if (url === undefined || url.length > room) return whole;
      if (id !== undefined) {
        if (id !== '') ids.push(id);
        room -= url.length;
        return `[${label}](${url})`;
      }
      if (!/^\d+$/.test(label)) return whole;
      ids.push(label);
      room -= url.length;
      return ` [${siteName(url)}](${url})`;
    });
    if (ids.length > 0) tally.leaveOut(line, 'what a link is called in the file', ids.join(' '));
    if (written !== text) tally.use(line);
    return { line, text: written };
  });
}

/** Characters of addresses: one that is long and named at every second word would fill the memory. */
const mostWritten = 500_000;

/** `[text][id]`, `[text][]`, `[1]`; not a link that is written out, nor a picture. */
const reference = /(?<![!\]\\])\[([^[\]]{1,300})\](?:\[([^[\]]{0,60})\])?(?![(:[])/g;

function addressesIn(lines: readonly SourceLine[]): ReadonlyMap<string, string> {
  const addresses = new Map<string, string>();
  for (const { text } of lines) {
    const found = addressOf(text);
    if (found !== undefined && !addresses.has(found.id)) addresses.set(found.id, found.url);
  }
  return addresses;
}

/** Parentheses would end the destination early. */
function addressOf(text: string): { readonly id: string; readonly url: string } | undefined {
  if (text.length > 2_300) return undefined;
  const match =
    /^ {0,3}\[([^[\]]{1,60})\](?::\s*|\s+)<?(https?:\/\/[^\s<>]+)>?(?:\s+(?:"[^"]*"|'[^']*'))?\s*$/i.exec(
      text,
    );
  const url = match?.[2] === undefined ? undefined : safeUrl(match[2]);
  if (match?.[1] === undefined || url === undefined || /[()]/.test(url)) return undefined;
  return { id: match[1].toLowerCase(), url };
}
