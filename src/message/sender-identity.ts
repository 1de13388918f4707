/** Who sends an issue: what the header fields and the envelope of all its copies are made of. */
export interface SenderIdentity {
  /** The newsletter's id; with From's domain it makes the List-Id. */
  readonly newsletter: string;
  readonly newsletterName: string;
  readonly from: { readonly name: string; readonly address: string };
  readonly replyTo?: string;
  /** Of the mail's own wording, BCP 47. */
  readonly language: string;
  /** The issue id. A test copy takes an unused one, so that no client takes two of them for one mail. */
  readonly issue: string;
  /** The key whose id the issue froze: it derives Message-IDs and signs envelope senders. */
  readonly messageIdKey: Buffer;
}
