/**
 * The signed tokens of the links in a mail: who (sid), which newsletter or issue, and what the link may do. Nothing is
 * stored and nothing expires, since a link in an old mail must still let its reader leave (RFC 8058 §3.1).
 */
import { PaperboyError } from '../src/core/errors.ts';
import { isIssueId, newsletterIdPattern } from '../src/core/ids.ts';
import { seal, type TokenKeys, unseal } from './token-seal.ts';

export type { TokenKeys } from './token-seal.ts';

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

/** At most 74 characters, safe in a path: `A–Z a–z 0–9 - _`. */
export function signToken(keys: TokenKeys, { purpose, sid, newsletter }: TokenPayload): string {
  if (!newsletterIdPattern.test(newsletter)) throw new RangeError(`no newsletter id: ${newsletter}`);
  return seal(keys, { purpose, number: demandSid(sid), name: newsletter });
}

/**
 * What a token says, once its signature holds. A `preferences` token is good for `unsubscribe` too, never the reverse.
 * @throws PaperboyError `token-invalid`; it does not say why, so that nobody can probe with it.
 */
export function verifyToken(keys: TokenKeys, purpose: TokenPurpose, text: string): TokenPayload {
  const sealed = unseal(keys, text);
  if (sealed === undefined) throw invalid();
  if (sealed.purpose === 'preferences' || sealed.purpose === purpose) {
    return { purpose: sealed.purpose as TokenPurpose, sid: sealed.number, newsletter: sealed.name };
  }
  throw invalid();
}

/** Whoever holds one may say what the subscriber thinks of that issue, and no more. */
export interface VotePayload {
  readonly sid: number;
  readonly issue: string;
}

/** At most 116 characters, safe in a path. One token serves both answers: which it is stands behind it in the path. */
export function signVoteToken(keys: TokenKeys, { sid, issue }: VotePayload): string {
  if (!isIssueId(issue)) throw new RangeError(`no issue id: ${issue}`);
  return seal(keys, { purpose: 'vote', number: demandSid(sid), name: issue });
}

/** @throws PaperboyError `token-invalid`: tokens of every other purpose are refused */
export function verifyVoteToken(keys: TokenKeys, text: string): VotePayload {
  const sealed = unseal(keys, text);
  if (sealed?.purpose !== 'vote') throw invalid();
  return { sid: sealed.number, issue: sealed.name };
}

function demandSid(sid: number): number {
  if (sid > 0 && sid <= 0xffff_ffff) return sid;
  throw new RangeError(`a sid is 1 to 2^32 - 1, not ${sid}`);
}

function invalid(): PaperboyError {
  return new PaperboyError('token-invalid', 'this link is not valid', {
    hint: 'Copy the whole link from the mail, or use the link of a newer mail.',
  });
}
