/** What a mail says of its newsletter and of who sends it. */
export interface Masthead {
  /** Newsletter id. */
  readonly newsletter: string;
  /** As readers know it: the h1 and the end of the subject. */
  readonly name: string;
  /** Of the mail's own wording; the digest may be in another. */
  readonly language: 'zh' | 'en';
  readonly legalName: string;
  readonly postalAddress: string;
  /** Address for questions; empty: none is shown. */
  readonly contact: string;
  readonly assembledBy: 'machine' | 'edited';
  readonly sponsored: boolean;
}
