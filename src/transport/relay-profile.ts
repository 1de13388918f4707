/** Kinds of relays: what each rewrites of a message, and for whom it speaks. */

export interface RelayProfile {
  /** Header fields that arrive otherwise than we wrote them. */
  readonly rewrites: readonly ('Message-ID' | 'Date' | 'Return-Path')[];
  /** A field of ours that reports of this relay quote; null where the Message-ID and the envelope sender do. */
  readonly correlationHeader: string | null;
  /**
   * Whether its replies to a recipient or a message are those of the mailbox provider. A relay that queues speaks for
   * itself: what providers say comes later, in reports.
   */
  readonly isFinalHop: boolean;
}

export type RelayProfileName = 'plain' | 'postfix' | 'ses' | 'final';

export const relayProfiles: Readonly<Record<RelayProfileName, RelayProfile>> = {
  plain: { rewrites: [], correlationHeader: null, isFinalHop: false },
  postfix: { rewrites: [], correlationHeader: null, isFinalHop: false },
  /** Amazon SES gives each message a Message-ID, a Date and a Return-Path of its own, and quotes our fields in its notices. */
  ses: {
    rewrites: ['Message-ID', 'Date', 'Return-Path'],
    correlationHeader: 'X-Paperboy-Delivery',
    isFinalHop: false,
  },
  /** A proxy that hands each message on while we wait. */
  final: { rewrites: [], correlationHeader: null, isFinalHop: true },
};
