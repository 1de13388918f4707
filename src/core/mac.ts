/** HMAC-SHA-256 (RFC 2104) as five of them are needed for every copy: without an object of OpenSSL's for each. */
import { hash } from 'node:crypto';

/** SHA-256 takes its input in blocks of so many octets. */
const blockBytes = 64;
const digestBytes = 32;

/**
 * The same as `createHmac('sha256', secret)`, for a fraction of its time: a `createHmac` costs 1.4 µs and an object
 * that the garbage collector has to look after, two one-shot hashes 0.8 µs and none.
 * @param octets a character an octet (latin1), which ASCII is as it stands
 * @returns 64 hex digits, or 32 characters of an octet each
 */
export function macOf(secret: Buffer, octets: string, encoding: 'hex' | 'binary'): string {
  const { inner, outer } = paddedKeyOf(secret);
  const size = blockBytes + octets.length;
  const input = size <= inner.length ? inner : Buffer.concat([inner.subarray(0, blockBytes)], size);
  input.write(octets, blockBytes, 'latin1');
  outer.write(hash('sha256', input.subarray(0, size), 'binary'), blockBytes, 'latin1');
  return hash('sha256', outer, encoding);
}

/** The key as the first block of either hash (RFC 2104 §2), with room behind it for what is hashed. */
interface PaddedKey {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

/** Enough for every name and number that is signed; longer input is copied. */
const usualBytes = 192;

const padded = new WeakMap<Buffer, PaddedKey>();

function paddedKeyOf(secret: Buffer): PaddedKey {
  const known = padded.get(secret);
  if (known !== undefined) return known;
  const key = secret.length > blockBytes ? hash('sha256', secret, 'buffer') : secret;
  const made = {
    inner: keyBlock(key, 0x36, usualBytes),
    outer: keyBlock(key, 0x5c, digestBytes),
  };
  padded.set(secret, made);
  return made;
}

function keyBlock(key: Buffer, pad: number, room: number): Buffer {
  const block = Buffer.alloc(blockBytes + room, pad);
  for (const [at, octet] of key.entries()) block[at] = octet ^ pad;
  return block;
}
