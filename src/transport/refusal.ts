/** A relay's no, and what it means for us. `classify` in `replies.ts` is the one table that fills it. */
import type { Stage } from './stage.ts';

/** RFC 5321 §4.2.1 and RFC 3463, read for what to do. */
export type ReplyClass =
  | 'host' // the relay itself is unwell (421): back off, deferred
  | 'greylisted' // come back to the same relay in a while
  | 'mailbox-full'
  | 'rate' // we send too fast: slow down; also some 550 of QQ and NetEase
  | 'no-mailbox' // positively said that there is no such mailbox
  | 'disabled' // mailbox disabled, or no such domain
  | 'authentication' // our fault: SPF, DKIM, DMARC, relay access denied
  | 'reputation' // spam, block list, policy
  | 'message' // something about this message
  | 'unclassified';

export interface Refusal {
  readonly stage: Stage;
  /** 400–599. */
  readonly code: number;
  /** RFC 3463 enhanced code, e.g. `5.1.1`, when the reply carries one. */
  readonly enhanced?: string;
  /** The whole reply on one line. */
  readonly reply: string;
  readonly class: ReplyClass;
  /** `defer`: try again later. `reject`: final for this issue. */
  readonly action: 'defer' | 'reject';
  /** True only for a positive statement that the mailbox does not exist. */
  readonly suppress: boolean;
}
