/**
 * What the delivery needs of a relay: connections that send one message at a time, with a gate held before the final
 * dot, because SMTP commits there (RFC 5321 §4.1.1.4, §4.1.1.10).
 */
import type { Message } from '../message/message.ts';
import type { Refusal } from './refusal.ts';
import type { Stage } from './stage.ts';

/** What became of one message. Every way a dialogue can end is exactly one of these. */
export type SendOutcome =
  /** 2xx to the dot. `queueId` when the reply shows one. */
  | { readonly type: 'accepted'; readonly reply: string; readonly queueId?: string }
  /** A 4xx or 5xx reply, at any stage. */
  | { readonly type: 'refused'; readonly refusal: Refusal }
  /** The gate said no, before the dot: nothing was delivered, whether the connection is closed for it or not. */
  | { readonly type: 'withheld' }
  /** The connection failed before the dot: nothing was delivered. */
  | { readonly type: 'broken'; readonly stage: Stage; readonly error: Error }
  /** The dot was (or may have been) written and no reply came: nobody knows. */
  | { readonly type: 'unknown'; readonly error: Error };

/** Asked when the body is out and before the dot; true lets the dot go. Rejecting counts as no. */
export type Gate = () => Promise<boolean>;

export interface Connection {
  /** Sends one message. Never rejects: every failure is an outcome. One call at a time. */
  send(message: Message, gate: Gate): Promise<SendOutcome>;
  /** False after a failure, too many messages, or a withheld one that only closing took back: take a new connection. */
  readonly usable: boolean;
  /** QUIT and close; at most a second. Idempotent. */
  close(): Promise<void>;
}

export interface Transport {
  /** For people: `smtp://relay.example:587`, without a password. */
  readonly name: string;
  /**
   * Opens a connection, ready to send.
   * @returns the connection, or an outcome of type `refused` or `broken` when it could not be opened
   */
  connect(): Promise<Connection | SendOutcome>;
  close(): Promise<void>;
}

export function isConnection(opened: Connection | SendOutcome): opened is Connection {
  return 'send' in opened;
}
