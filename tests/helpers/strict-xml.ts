/** A strict reader of the XML that we write: elements, attributes, text and references; whatever else is there, throws. */

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** Of this element alone, references decoded. */
  readonly text: string;
}

interface Open {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: Element[];
  text: string;
}

const name = '[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?';
const attribute = `\\s+(${name})="([^"<]*)"`;
const token = new RegExp(`<(${name})((?:${attribute})*)\\s*(/?)>|</(${name})\\s*>|([^<]+)`, 'y');
const references: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The document's element. @throws Error that says at which character it is not well-formed */
export function parseStrictXml(source: string): Element {
  const declaration = '<?xml version="1.0" encoding="utf-8"?>\n';
  if (!source.startsWith(declaration)) throw new Error('no XML declaration');
  const root: Open = { name: '', attributes: {}, children: [], text: '' };
  const open: Open[] = [root];
  for (let at = declaration.length; at < source.length; ) {
    token.lastIndex = at;
    const match = token.exec(source);
    const current = open.at(-1);
    if (!match || !current) throw new Error(`not well-formed at ${at}: ${source.slice(at, at + 40)}`);
    const [whole, start, attributes = '', , , isEmpty, end, text] = match;
    if (start !== undefined) {
      const element: Open = { name: start, attributes: readAttributes(attributes), children: [], text: '' };
      current.children.push(element);
      if (isEmpty === '') open.push(element);
    } else if (end !== undefined) {
      if (current.name !== end || open.length === 1)
        throw new Error(`</${end}> at ${at} closes <${current.name}>`);
      open.pop();
    } else current.text += decode(text ?? '');
    at += whole.length;
  }
  const [element, ...others] = root.children;
  if (open.length !== 1 || !element || others.length > 0 || root.text.trim() !== '') {
    throw new Error('not one element');
  }
  return element;
}

function readAttributes(source: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, key = '', value = ''] of source.matchAll(new RegExp(attribute, 'g'))) {
    if (key in found) throw new Error(`the attribute ${key} stands twice`);
    found[key] = decode(value);
  }
  return found;
}

function decode(text: string): string {
  const decoded = text.replace(/&(?:#x([0-9A-Fa-f]+)|#(\d+)|(\w+));|&/g, (whole, hex, decimal, named) => {
    if (hex ?? decimal) return String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal));
    const character = references[named ?? ''];
    if (character === undefined) throw new Error(`${whole} is no reference`);
    return character;
  });
  // XML 1.0 §2.2: as characters or as references, these do not exist.
  if (/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.test(decoded)) {
    throw new Error('a character that XML does not have');
  }
  return decoded;
}
