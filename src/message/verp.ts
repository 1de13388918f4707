/**
 * Variable envelope return paths: the envelope sender names the delivery, so that a bounce says whose copy it was
 * (RFC 5321 §4.4: the final host puts it into Return-Path and sends reports there).
 *
 * `b+<issue>-<sid>-<mac>@<domain>`: 8 hex digits of SHA-256 of the issue id, the sid in base 36, 10 hex digits of an
 * HMAC over both in full. At most 29 octets of the 64 a local part may have (RFC 5321 §4.5.3.1.1), and only lower case,
 * because hosts on the way may fold it. An issue id is up to 63 characters and so is not in it: whoever reads a bounce
 * knows the issues of the retention time and tries those whose hash fits; the MAC decides.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { macOf } from '../core/mac.ts';

export interface Verp {
  readonly issue: string;
  readonly sid: number;
}

/**
 * The envelope senders of an issue's deliveries.
 * @param domain that of From, so that SPF is aligned (RFC 7489 §3.1.2)
 */
export function createVerp(secret: Buffer, issue: string, domain: string): (sid: number) => string {
  const start = `b+${issueHash(issue)}-`;
  return (sid) => `${start}${sid.toString(36)}-${shortMac(secret, issue, sid)}@${domain}`;
}

/**
 * The delivery that an envelope sender names.
 * @param issues the issue ids it may belong to
 * @param secrets the keys that may have signed it
 * @returns undefined when it is no VERP address, or was not made by us for one of these issues
 */
export function decodeVerp(
  address: string,
  issues: Iterable<string>,
  secrets: readonly Buffer[],
): Verp | undefined {
  const [, hash, digits, mac] = pattern.exec(address.trim().toLowerCase()) ?? [];
  if (hash === undefined || digits === undefined || mac === undefined) return undefined;
  const sid = Number.parseInt(digits, 36);
  for (const issue of issues) {
    if (issueHash(issue) !== hash) continue;
    if (secrets.some((secret) => isSame(mac, shortMac(secret, issue, sid)))) return { issue, sid };
  }
  return undefined;
}

/** A leading zero would give one sid two spellings. */
const pattern = /^<?b\+([0-9a-f]{8})-(0|[1-9a-z][0-9a-z]{0,6})-([0-9a-f]{10})@[^@\s]+$/;

function issueHash(issue: string): string {
  return createHash('sha256').update(issue).digest('hex').slice(0, 8);
}

function shortMac(secret: Buffer, issue: string, sid: number): string {
  return macOf(secret, `verp\n${issue}\n${sid}`, 'hex').slice(0, 10);
}

function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
