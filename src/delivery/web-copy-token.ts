/**
 * The address of an edition's web copy: issue, revision and preference set under a seal. It is derived, not stored:
 * whoever composes a copy makes it without asking Redis, the same for all copies of the edition, and it holds as long as
 * the keyring keeps its key. Without the key it cannot be guessed, nor made for another issue.
 */

import { seal, type TokenKeys, unseal } from '../../subscribers/token-seal.ts';
import { isIssueId } from '../core/ids.ts';

export interface WebCopyPlace {
  readonly issue: string;
  /** 1 to 255. */
  readonly revision: number;
  /** Number in the issue's table, or `allTopicsSet`. */
  readonly preferenceSet: number;
}

/** The table numbers from 1; this one is there also when no reader holds it. */
export const allTopicsSet = 0;

/** A preference set has 16 bits, as in a row. */
const setBits = 16;

/** At most 116 characters, safe in a path. */
export function signWebCopy(keys: TokenKeys, { issue, revision, preferenceSet }: WebCopyPlace): string {
  if (!isIssueId(issue)) throw new RangeError(`no issue id: ${issue}`);
  return seal(keys, { purpose: 'webCopy', number: revision * 2 ** setBits + preferenceSet, name: issue });
}

/** @returns null when it is not ours */
export function readWebCopy(keys: TokenKeys, token: string): WebCopyPlace | null {
  const sealed = unseal(keys, token);
  if (sealed?.purpose !== 'webCopy') return null;
  const { number, name } = sealed;
  return { issue: name, revision: number >>> setBits, preferenceSet: number % 2 ** setBits };
}
