/** What is published: the digest without repeats, and what the operator said of it. Kept in the issue, one for each revision. */
import { createHash } from 'node:crypto';
import type { Digest } from '../digest/digest.ts';

export interface IssueContent {
  readonly digest: Digest;
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** The operator's subject; empty: the stories make it. */
  readonly subject: string;
}

export function encodeContent(content: IssueContent): string {
  return JSON.stringify(content);
}

/** The ledger keeps only what `encodeContent` made, so this is no input to be checked. */
export function decodeContent(json: string): IssueContent {
  return JSON.parse(json) as IssueContent;
}

/**
 * Tells "the same again" from "something else under the same id". It is taken of what an operator hands in, repeats and
 * all: what of that is a repeat changes as days go by.
 */
export function contentHashOf(content: IssueContent): string {
  return createHash('sha256').update(encodeContent(content)).digest('hex');
}
