/**
 * The signed tokens of the links in a mail: who (sid), which newsletter, and what the link may do. Nothing is stored
 * and nothing expires, since a link in an old mail must still let its reader leave (RFC 8058 §3.1).
 *
 * Base64url of: key hint (2 bytes), purpose (1), sid (4), newsletter id (2–32), HMAC-SHA256 (RFC 2104) cut to 16 bytes.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { PaperboyError } from '../src/core/errors.ts';
import { newsletterIdPattern } from '../src/core/ids.ts';

/**
 * `unsubscribe` may leave the newsletter, and no more: it stands in a header that mailbox providers and scanners read.
 * `preferences` may read and change what the subscriber chose; whoever may do that may leave as well.
 */
export type TokenPurpose = 'unsubscribe' | 'preferences';

export interface TokenPayload {
  readonly purpose: TokenPurpose;
  readonly sid: number;
  readonly newsletter: string;
}

/** Newest first: the first signs, all verify. A secret is at least 16 bytes long. */
export type TokenKeys = readonly { readonly id: string; readonly secret: Buffer }[];

/** At most 74 characters, safe in a path: `A–Z a–z 0–9 - _`. */
export function signToken(keys: TokenKeys, payload: TokenPayload): string {
  const [key] = keys;
  if (key === undefined) throw new PaperboyError('keyring-invalid', 'the keyring holds no token key');
  const { purpose, sid, newsletter } = payload;
  if (!(sid > 0 && sid <= 0xffff_ffff)) throw new RangeError(`a sid is 1 to 2^32 - 1, not ${sid}`);
  if (!newsletterIdPattern.test(newsletter)) throw new RangeError(`no newsletter id: ${newsletter}`);
  const end = headerBytes + newsletter.length;
  const bytes = Buffer.allocUnsafe(end + macBytes);
  bytes.writeUInt16BE(hintOf(key.id), 0);
  bytes.writeUInt8(purposeCodes[purpose], 2);
  bytes.writeUInt32BE(sid, 3);
  bytes.write(newsletter, headerBytes, 'latin1');
  macOf(key.secret, bytes.subarray(0, end)).copy(bytes, end, 0, macBytes);
  return bytes.toString('base64url');
}

/**
 * What a token says, once its signature holds. A `preferences` token is good for `unsubscribe` too, never the reverse.
 * @throws PaperboyError `token-invalid`; it does not say why, so that nobody can probe with it.
 */
export function verifyToken(keys: TokenKeys, purpose: TokenPurpose, text: string): TokenPayload {
  const payload = readToken(keys, text);
  const allowed = payload?.purpose === purpose || payload?.purpose === 'preferences';
  if (payload === undefined || !allowed) {
    throw new PaperboyError('token-invalid', 'this link is not valid', {
      hint: 'Copy the whole link from the mail, or use the link of a newer mail.',
    });
  }
  return payload;
}

const purposeCodes = { unsubscribe: 1, preferences: 2 } as const satisfies Record<TokenPurpose, number>;
const headerBytes = 7;
const macBytes = 16;
const tokenPattern = /^[\w-]{34,74}$/;

function readToken(keys: TokenKeys, text: string): TokenPayload | undefined {
  if (!tokenPattern.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  // Base64 leaves bits over at the end: only one spelling of a token is accepted.
  if (bytes.toString('base64url') !== text) return undefined;
  const end = bytes.length - macBytes;
  const hint = bytes.readUInt16BE(0);
  const signed = bytes.subarray(0, end);
  const mac = bytes.subarray(end);
  const authentic = keys.some(
    ({ id, secret }) =>
      hintOf(id) === hint && timingSafeEqual(macOf(secret, signed).subarray(0, macBytes), mac),
  );
  if (!authentic) return undefined;
  const purpose = purposeOf(bytes.readUInt8(2));
  if (purpose === undefined) return undefined;
  return { purpose, sid: bytes.readUInt32BE(3), newsletter: bytes.toString('latin1', headerBytes, end) };
}

function purposeOf(code: number): TokenPurpose | undefined {
  if (code === purposeCodes.unsubscribe) return 'unsubscribe';
  return code === purposeCodes.preferences ? 'preferences' : undefined;
}

/** The prefix keeps these signatures apart from any other use of the same key. */
function macOf(secret: Buffer, signed: Buffer): Buffer {
  return createHmac('sha256', secret).update('paperboy-token\n').update(signed).digest();
}

/** 16 bits of FNV-1a: says which key to try, so that a long rotation costs one HMAC. Two keys may share a hint. */
function hintOf(keyId: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < keyId.length; at++) hash = Math.imul(hash ^ keyId.charCodeAt(at), 0x01000193);
  return ((hash >>> 16) ^ hash) & 0xffff;
}
