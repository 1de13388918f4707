/**
 * The sealed form of all signed links: what a link is for, a number, a name, and a signature over the three. Nothing is
 * stored and nothing expires by itself.
 *
 * Base64url of: key hint (2 bytes), purpose (1), number (4), name (2–64), HMAC-SHA256 (RFC 2104) cut to 16 bytes.
 */
import { timingSafeEqual } from 'node:crypto';
import { PaperboyError } from '../src/core/errors.ts';
import { macOf } from '../src/core/mac.ts';

/** Every use of these keys has a code of its own, so that no token can pass for one of another purpose. */
const purposeCodes = { unsubscribe: 1, preferences: 2, vote: 3, webCopy: 4 } as const;

export type SealedPurpose = keyof typeof purposeCodes;

export interface Sealed {
  readonly purpose: SealedPurpose;
  /** 0 to 2^32 - 1. */
  readonly number: number;
  /** The id of a newsletter or of an issue: 2 to 64 characters of ASCII. */
  readonly name: string;
}

/** Newest first: the first signs, all verify. A secret is at least 16 bytes long. */
export type TokenKeys = readonly { readonly id: string; readonly secret: Buffer }[];

/** 34 to 116 characters, safe in a path: `A–Z a–z 0–9 - _`. @throws PaperboyError `keyring-invalid` without a key */
export function seal(keys: TokenKeys, { purpose, number, name }: Sealed): string {
  const [key] = keys;
  if (key === undefined) throw new PaperboyError('keyring-invalid', 'the keyring holds no token key');
  const end = headerBytes + name.length;
  const bytes = Buffer.allocUnsafe(end + macBytes);
  bytes.writeUInt16BE(hintOf(key.id), 0);
  bytes.writeUInt8(purposeCodes[purpose], 2);
  bytes.writeUInt32BE(number, 3);
  bytes.write(name, headerBytes, 'latin1');
  bytes.write(shortMac(key.secret, bytes, end), end, 'latin1');
  return bytes.toString('base64url');
}

/** What was sealed, once its signature holds (compared in constant time); undefined when it is not ours. */
export function unseal(keys: TokenKeys, text: string): Sealed | undefined {
  if (!tokenPattern.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  // Base64 leaves bits over at the end: only one spelling of a token is accepted.
  if (bytes.toString('base64url') !== text) return undefined;
  const end = bytes.length - macBytes;
  const hint = bytes.readUInt16BE(0);
  const mac = bytes.subarray(end);
  const authentic = keys.some(
    ({ id, secret }) =>
      hintOf(id) === hint && timingSafeEqual(Buffer.from(shortMac(secret, bytes, end), 'latin1'), mac),
  );
  const purpose = purposes[bytes.readUInt8(2)];
  if (!authentic || purpose === undefined) return undefined;
  return { purpose, number: bytes.readUInt32BE(3), name: bytes.toString('latin1', headerBytes, end) };
}

const headerBytes = 7;
const macBytes = 16;
const tokenPattern = /^[\w-]{34,116}$/;

/** By code. */
const purposes = Object.entries(purposeCodes).reduce<SealedPurpose[]>((list, [name, code]) => {
  list[code] = name as SealedPurpose;
  return list;
}, []);

/** Over what stands before `end`. The prefix keeps these signatures apart from any other use of the same key. */
function shortMac(secret: Buffer, bytes: Buffer, end: number): string {
  return macOf(secret, `paperboy-token\n${bytes.toString('latin1', 0, end)}`, 'binary').slice(0, macBytes);
}

/** 16 bits of FNV-1a: says which key to try, so that a long rotation costs one HMAC. Two keys may share a hint. */
function hintOf(keyId: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < keyId.length; at++) hash = Math.imul(hash ^ keyId.charCodeAt(at), 0x01000193);
  return ((hash >>> 16) ^ hash) & 0xffff;
}
