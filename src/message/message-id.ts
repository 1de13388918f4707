/** The Message-ID of a delivery (RFC 5322 §3.6.4): derived, not drawn, so that every attempt carries the same one. */
import { macOf } from '../core/mac.ts';

/**
 * `<32 hex digits@domain>`: an HMAC-SHA-256 over issue and sid, cut to 128 bits. Nobody without the key can tell whose
 * copy it names.
 * @param secret the Message-ID key that the issue froze
 * @param domain the domain of the newsletter's From address
 */
export function messageIdOf(secret: Buffer, issue: string, sid: number, domain: string): string {
  const mac = macOf(secret, `message-id\n${issue}\n${sid}`, 'hex');
  return `<${mac.slice(0, 32)}@${domain}>`;
}
