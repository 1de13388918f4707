/** An address not to be mailed again: found by a keyed hash, so that a forgotten address need not be kept to be known. */
import { createHmac } from 'node:crypto';

/** Weakest first: a stronger reason takes the place of a weaker one, never the reverse. */
export const suppressionReasons = ['bounce', 'operator', 'complaint', 'forgotten'] as const;
export type SuppressionReason = (typeof suppressionReasons)[number];

export interface Suppression {
  /** The case-folded address; null for `forgotten`. */
  readonly address: string | null;
  readonly reason: SuppressionReason;
  /** ISO 8601 */
  readonly since: string;
  /** What it rests on, e.g. the relay's reply; empty when nothing was given. */
  readonly evidence: string;
  /** ISO 8601: a provisional one is lifted then, by the next issue that is published. Absent: it stands. */
  readonly until?: string;
}

/** What is left out does not narrow. */
export interface SuppressionFilter {
  /** ISO 8601: this moment and later. */
  readonly since?: string;
  /** Lower case, A-label; matches the domain and nothing below it. A forgotten address has none that is known. */
  readonly domain?: string;
  readonly reason?: SuppressionReason;
}

/** Field name of an address in the hash of suppressions: HMAC-SHA256 (RFC 2104) under the pepper, base64url. */
export function suppressionIdOf(pepper: Buffer, identity: string): string {
  return createHmac('sha256', pepper).update(identity).digest('base64url');
}

export function parseSuppression(text: string): Suppression {
  return JSON.parse(text) as Suppression;
}

/** The one of the two that stands: the stronger reason, one for good before a provisional one, or else the earlier. */
export function strongerOf(current: Suppression | null, added: Suppression): Suppression {
  if (current === null) return added;
  const rank = ({ reason, until }: Suppression) =>
    2 * suppressionReasons.indexOf(reason) + (until === undefined ? 1 : 0);
  return rank(added) > rank(current) ? added : current;
}

/** @param now milliseconds */
export function isOver({ until }: Suppression, now: number): boolean {
  return until !== undefined && Date.parse(until) <= now;
}

export function matchesFilter(
  suppression: Suppression,
  { since, domain, reason }: SuppressionFilter,
): boolean {
  if (since !== undefined && Date.parse(suppression.since) < Date.parse(since)) return false;
  if (domain !== undefined && !suppression.address?.endsWith(`@${domain.toLowerCase()}`)) return false;
  return reason === undefined || suppression.reason === reason;
}
