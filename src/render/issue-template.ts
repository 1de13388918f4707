/** An issue compiled once, from which every edition is assembled. */
import type { Digest, Story } from '../digest/digest.ts';
import type { Topic } from '../digest/topics.ts';
import type { Part } from './marks.ts';
import type { Masthead } from './masthead.ts';

export interface IssueTemplate {
  readonly digest: Digest;
  readonly masthead: Masthead;
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly topics: readonly Topic[];
  /** The operator's subject; empty: the stories make it. */
  readonly subject: string;
  readonly html: readonly Part[];
  /** The text part of each story, by `storyKey`, without its number. */
  readonly storyTexts: ReadonlyMap<string, string>;
}

/** Tells the stories of one digest apart, also when the digest was parsed again elsewhere. */
export function storyKey({ line, title }: Story): string {
  return `${line} ${title}`;
}
