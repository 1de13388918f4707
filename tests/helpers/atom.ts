/** Reading a feed as RFC 4287 has it; what a reader may not meet, throws. */
import { type Element, parseStrictXml } from './strict-xml.ts';

export interface AtomEntry {
  readonly id: string;
  readonly title: string;
  readonly published: string;
  readonly updated: string;
  readonly url: string;
  readonly summary: string;
}

export interface AtomFeed {
  readonly id: string;
  readonly title: string;
  readonly updated: string;
  readonly self: string;
  readonly alternate: string;
  readonly entries: readonly AtomEntry[];
}

/** RFC 3339 with upper-case T and Z (§3.3). */
const datePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

export function parseAtom(source: string): AtomFeed {
  const feed = parseStrictXml(source);
  if (feed.name !== 'feed' || feed.attributes.xmlns !== 'http://www.w3.org/2005/Atom')
    throw new Error('no feed');
  const known = ['id', 'title', 'updated', 'author', 'generator', 'link', 'entry'];
  demand(
    feed.children.every(({ name }) => known.includes(name)),
    'the feed holds what it may not',
  );
  demand(only(only(feed, 'author'), 'name').text !== '', 'the author has no name');
  const entries = feed.children.filter(({ name }) => name === 'entry').map(entryOf);
  demand(new Set(entries.map(({ id }) => id)).size === entries.length, 'two entries have one id');
  return {
    id: idOf(feed),
    title: only(feed, 'title').text,
    updated: dateOf(feed, 'updated'),
    self: linkOf(feed, 'self'),
    alternate: linkOf(feed, 'alternate'),
    entries,
  };
}

function entryOf(entry: Element): AtomEntry {
  const known = ['id', 'title', 'published', 'updated', 'link', 'summary'];
  demand(
    entry.children.every(({ name }) => known.includes(name)),
    'an entry holds what it may not',
  );
  return {
    id: idOf(entry),
    title: only(entry, 'title').text,
    published: dateOf(entry, 'published'),
    updated: dateOf(entry, 'updated'),
    url: linkOf(entry, 'alternate'),
    summary: only(entry, 'summary').text,
  };
}

/** §4.2.6: an absolute IRI. */
function idOf(element: Element): string {
  const { text } = only(element, 'id');
  demand(/^[a-z][a-z0-9+.-]*:\S+$/.test(text), `${text} is no absolute IRI`);
  return text;
}

function dateOf(element: Element, name: string): string {
  const { text } = only(element, name);
  demand(datePattern.test(text) && !Number.isNaN(Date.parse(text)), `${text} is no date`);
  return text;
}

function linkOf(element: Element, rel: string): string {
  const links = element.children.filter(({ name, attributes }) => name === 'link' && attributes.rel === rel);
  const href = links[0]?.attributes.href ?? '';
  demand(links.length === 1 && URL.canParse(href), `not one link ${rel}`);
  return href;
}

function only(element: Element, name: string): Element {
  const [found, ...others] = element.children.filter((child) => child.name === name);
  if (found === undefined || others.length > 0) throw new Error(`${element.name} has not one ${name}`);
  return found;
}

function demand(isTrue: boolean, otherwise: string): void {
  if (!isTrue) throw new Error(otherwise);
}
