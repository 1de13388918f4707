/** Header fields as they stand in a message: encoded (RFC 2047), folded (RFC 5322 §2.2.3), 7-bit, injection-proof. */
import { domainToASCII } from 'node:url';
import { encodeWord, foldLines, quoteString } from 'nodemailer/lib/mime-funcs';
import { PaperboyError } from '../core/errors.ts';

/** One field with its CRLF, folded at 76 columns. The value is encoded already. */
export function field(name: string, value: string): string {
  return `${foldLines(`${name}: ${value}`, 76)}\r\n`;
}

/** One field with its CRLF on a single line: for ids and URLs, since a folded one has broken signatures on the way. */
export function unfoldedField(name: string, value: string): string {
  return `${name}: ${value}\r\n`;
}

/** Free text (RFC 5322 §2.2.1): encoded words where it is not plain ASCII or looks like an encoded word itself. */
export function textValue(text: string): string {
  const clean = cleanText(text);
  return isPlain(clean) ? clean : encodeWord(clean, 'B', wordLength);
}

/** A display name as the phrase of RFC 5322 §3.2.5, cut at 128 characters; empty when nothing is left of it. */
export function phraseValue(name: string): string {
  const clean = [...cleanText(name)].slice(0, maxNameLength).join('').trim();
  if (/^[\w ]*$/.test(clean)) return clean;
  return isPlain(clean) ? quoteString(clean) : encodeWord(clean, 'B', wordLength);
}

/** `phrase <address>`, or the address alone where there is no name. */
export function mailboxValue(name: string, address: string): string {
  const phrase = phraseValue(name);
  const spec = addressValue(address);
  return phrase === '' ? spec : `${phrase} <${spec}>`;
}

/**
 * The address as given, a domain outside ASCII as A-labels.
 * @throws PaperboyError `address-invalid` for anything but a dot-atom, `@` and a domain: it could forge a header
 */
export function addressValue(address: string): string {
  const at = address.lastIndexOf('@');
  const localPart = address.slice(0, at);
  const typed = address.slice(at + 1);
  const domain = isPlain(typed) ? typed : domainToASCII(typed);
  if (at > 0 && dotAtom.test(localPart) && hostName.test(domain)) return `${localPart}@${domain}`;
  throw new PaperboyError('address-invalid', `${JSON.stringify(address)} is not an address mail can go to`, {
    hint: 'Expected a local part of letters, digits and dots, then @ and a domain.',
  });
}

/** The domain of an address, as A-labels. */
export function domainOf(address: string): string {
  const spec = addressValue(address);
  return spec.slice(spec.lastIndexOf('@') + 1).toLowerCase();
}

/** RFC 5322 §3.3, in UTC. */
export function dateValue(ms: number): string {
  if (ms !== lastDate.ms) lastDate = { ms, value: new Date(ms).toUTCString().replace('GMT', '+0000') };
  return lastDate.value;
}

/** Copies that follow each other mostly share their send time. */
let lastDate = { ms: Number.NaN, value: '' };

/** RFC 2047 §2 allows 75; nodemailer's own choice leaves room for the field name. */
const wordLength = 52;
const maxNameLength = 128;
const dotAtom = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const hostName = /^[\w-]+(?:\.[\w-]+)*$/;

/** CR, LF, NUL and every other control character become a space: no value can start a field of its own. */
function cleanText(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}

function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text) && !text.includes('=?');
}
