/** HMAC-SHA-256 (RFC 2104): links, Message-IDs and return paths are signed with it, five times a copy. */
import { createHmac } from 'node:crypto';

/**
 * @param octets a character an octet (latin1), which ASCII is as it stands
 * @returns 64 hex digits, or 32 characters of an octet each
 */
export function macOf(secret: Buffer, octets: string, encoding: 'hex' | 'binary'): string {
  return createHmac('sha256', secret).update(octets, 'latin1').digest(encoding);
}
