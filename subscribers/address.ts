/**
 * What counts as an address: a dot-atom local part (RFC 5322 §3.2.3) in ASCII and a host name of at least two labels
 * (RFC 5321 §2.3.5, RFC 1123 §2.1). Stricter than the RFCs on purpose: no quoted parts, comments, groups, routes, IP
 * literals, and no SMTPUTF8 (RFC 6531), since the relays we submit to may not offer it.
 */
import { domainToASCII } from 'node:url';
import { PaperboyError } from '../src/core/errors.ts';

export interface Address {
  /** As typed, outer blanks removed; a domain beyond ASCII is given as its A-label (RFC 5890 §2.3.2.1). */
  readonly address: string;
  /** The case-folded address. No two subscribers share it. */
  readonly identity: string;
  /** Lower case, A-label. */
  readonly domain: string;
}

/** @throws PaperboyError `address-invalid`, saying what is wrong with it. */
export function parseAddress(typed: string): Address {
  const text = typed.replace(/^[ \t]+|[ \t]+$/g, '');
  const at = text.lastIndexOf('@');
  const wrong = (what: string) =>
    new PaperboyError('address-invalid', `${quoted(text)} is no address: ${what}`, {
      hint: 'An address looks like name@example.com.',
    });
  if (text === '') throw wrong('it is empty');
  if (text.length > 4 * longestAddress) throw wrong(`it is longer than ${longestAddress} characters`);
  if (unseen.test(text)) throw wrong('it holds a control or an invisible character');
  if (at < 0) throw wrong('it has no @');
  const local = text.slice(0, at);
  const localFault = faultOfLocalPart(local);
  if (localFault !== undefined) throw wrong(localFault);
  const domain = toHostName(text.slice(at + 1));
  const domainFault = faultOfDomain(domain);
  if (domainFault !== undefined) throw wrong(domainFault);
  const address = `${local}@${domain}`;
  if (address.length > longestAddress) throw wrong(`it is longer than ${longestAddress} characters`);
  return { address, identity: address.toLowerCase(), domain: domain.toLowerCase() };
}

/** An address as logs may show it: `a***@example.com`. What is no address at all becomes `***`. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@');
  if (at < 1 || unseen.test(address)) return '***';
  return `${address.slice(0, 1)}***${address.slice(at)}`;
}

/** RFC 5321 §4.5.3.1.3: a path is at most 256 octets with its angle brackets. */
const longestAddress = 254;
/** RFC 5321 §4.5.3.1.1 */
const longestLocalPart = 64;
/** RFC 1035 §2.3.4 */
const longestLabel = 63;

/** Control, format (bidi marks, zero-width), surrogate and private-use characters, and line separators. */
const unseen = /[\p{C}\p{Zl}\p{Zp}]/u;

/** RFC 5322 §3.2.3 */
const dotAtom = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
const hostLabel = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;
const ascii = /^[\x20-\x7e]*$/;

/** What `domainToASCII` may see: given a path or a port it would silently cut it off. */
const internationalHostName = /^[\p{L}\p{M}\p{N}.\-\u00b7\u3002\uff0e\uff61]+$/u;

function faultOfLocalPart(local: string): string | undefined {
  if (local === '') return 'nothing is before the @';
  if (local.length > longestLocalPart) return `more than ${longestLocalPart} characters are before the @`;
  if (!ascii.test(local)) return 'what is before the @ must be ASCII';
  if (local.startsWith('"')) return 'quoted names are not accepted';
  if (/^\.|\.\.|\.$/.test(local)) return 'a dot is misplaced before the @';
  if (!dotAtom.test(local)) return 'a character before the @ is not allowed';
  return undefined;
}

/** The A-label form; empty when it has none. What is ASCII already stays as typed. */
function toHostName(domain: string): string {
  if (ascii.test(domain)) return domain;
  return internationalHostName.test(domain) ? domainToASCII(domain) : '';
}

function faultOfDomain(domain: string): string | undefined {
  const labels = domain.split('.');
  if (domain === '') return 'its domain is no host name';
  if (domain.startsWith('[')) return 'an IP address in place of a domain is not accepted';
  if (labels.length < 2) return 'its domain has no dot';
  if (labels.some((label) => label.length > longestLabel)) {
    return `a part of its domain is longer than ${longestLabel} characters`;
  }
  if (!labels.every((label) => hostLabel.test(label))) return 'its domain is no host name';
  // RFC 1123 §2.1: the top label is alphabetic, which is what tells a name from an IP address.
  if (!/^[a-z]/i.test(labels.at(-1) ?? '')) return 'its domain ends in a number';
  if (/(?:^|\.)xn--/i.test(domain) && domainToASCII(domain) === '') return 'its domain is no valid A-label';
  return undefined;
}

/** In quotes, shortened, with what cannot be seen written out: safe on a terminal and in a log. */
function quoted(text: string): string {
  const short = text.length > 80 ? `${text.slice(0, 77)}…` : text;
  return JSON.stringify(short).replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
