/** SPF records (RFC 7208): which of a name's TXT records is one, whether it can be read, and what it asks of the DNS. */
import { isIPv4, isIPv6 } from 'node:net';

export interface SpfRecord {
  /** The qualifier of `all`: `-` fail, `~` softfail, `?` neutral, `+` pass; null without `all`. */
  readonly all: '+' | '-' | '~' | '?' | null;
  /** Names whose records are read as well: of `include` and `redirect`; those with macros are left out. */
  readonly reads: readonly string[];
  /** Terms that cost one of the ten lookups a receiver grants (§4.6.4), those of `reads` included. */
  readonly lookups: number;
}

export type Spf =
  | { readonly type: 'missing' }
  | { readonly type: 'several'; readonly count: number }
  | { readonly type: 'invalid'; readonly term: string }
  | { readonly type: 'found'; readonly record: SpfRecord };

/** @param texts all TXT records of a name */
export function readSpf(texts: readonly string[]): Spf {
  // §4.5: the version is the whole first word, in whatever case.
  const records = texts.filter((text) => /^v=spf1(?: |$)/i.test(text));
  const [text] = records;
  if (text === undefined) return { type: 'missing' };
  if (records.length > 1) return { type: 'several', count: records.length };
  const terms = text.split(/ +/).slice(1).filter(Boolean);
  const wrong = terms.find((term) => !isTerm(term));
  if (wrong !== undefined) return { type: 'invalid', term: wrong };
  // §5.1: terms after `all` are never reached, and `redirect` counts only without it.
  const end = terms.findIndex((term) => allTerm.test(term));
  const reached = end === -1 ? terms : terms.slice(0, end).filter((term) => !/^redirect=/i.test(term));
  return {
    type: 'found',
    record: {
      all: end === -1 ? null : qualifierOf(terms[end] ?? ''),
      reads: reached.flatMap(readBy),
      lookups: reached.filter((term) => lookupTerm.test(term)).length,
    },
  };
}

const allTerm = /^[+?~-]?all$/i;
const lookupTerm = /^(?:[+?~-]?(?:include|a|mx|ptr|exists)(?:[:/]|$)|redirect=)/i;
const target = '(?::[^\\s/]+)?(?:/\\d{1,3})?(?://\\d{1,3})?';
const terms = [
  allTerm,
  /^[+?~-]?(?:include|exists):\S+$/i,
  new RegExp(`^[+?~-]?(?:a|mx)${target}$`, 'i'),
  /^[+?~-]?ptr(?::\S+)?$/i,
  // §6: modifiers that nobody knows are passed over.
  /^[a-z][a-z0-9._-]*=\S*$/i,
];

function isTerm(term: string): boolean {
  const [, version, address = '', prefix] = /^[+?~-]?ip([46]):([^/]+)(?:\/(\d{1,3}))?$/i.exec(term) ?? [];
  if (version === undefined) return terms.some((form) => form.test(term));
  const isAddress = version === '4' ? isIPv4(address) : isIPv6(address);
  return isAddress && Number(prefix ?? 0) <= (version === '4' ? 32 : 128);
}

/** §4.6.2: without one it is `+`. */
function qualifierOf(term: string): '+' | '-' | '~' | '?' {
  const [first] = term;
  return first === '-' || first === '~' || first === '?' ? first : '+';
}

function readBy(term: string): string[] {
  const name = /^(?:[+?~-]?include:|redirect=)(\S+)$/i.exec(term)?.[1];
  return name === undefined || name.includes('%') ? [] : [name.toLowerCase()];
}
