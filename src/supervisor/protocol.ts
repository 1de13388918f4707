/** What a supervisor and its children say to each other over the channel that `fork` opens between them. */
import { type ErrorCode, PaperboyError } from '../core/errors.ts';

/** To the child, once: what it is to do. */
export interface Order<Content> {
  readonly order: Content;
}

/** From the child, once: that it works, or why it cannot. */
export type Word =
  | { readonly ready: true }
  | { readonly failed: { readonly code: ErrorCode; readonly message: string; readonly hint?: string } };

export function failureWord({ code, message, hint }: PaperboyError): Word {
  return { failed: { code, message, ...(hint === undefined ? {} : { hint }) } };
}

/** @returns null when the word is that it works */
export function failureOf(word: Word): PaperboyError | null {
  if ('ready' in word) return null;
  const { code, message, hint } = word.failed;
  return new PaperboyError(code, message, hint === undefined ? {} : { hint });
}
