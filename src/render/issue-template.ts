/** An issue compiled once, from which every edition is assembled. */
import type { Digest, DigestLanguage, Story } from '../digest/digest.ts';
import type { Topic } from '../digest/topics.ts';
import type { Part } from './marks.ts';
import type { Masthead } from './masthead.ts';
import type { Wording } from './wording.ts';

/** By `storyKey`: the category's place in the digest, and the story's in its category. */
export type Places = ReadonlyMap<string, { readonly index: number; readonly position: number }>;

/** By `storyKey`; stories in the language of their digest, as far as one can tell, are missing. */
export type OtherLanguages = ReadonlyMap<string, DigestLanguage>;

export interface IssueTemplate {
  readonly digest: Digest;
  readonly masthead: Masthead;
  readonly words: Wording;
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly topics: readonly Topic[];
  /** The operator's subject; empty: the stories make it. */
  readonly subject: string;
  readonly html: readonly Part[];
  /** UTF-8 bytes of each block of `html`, by key, without the blocks inside it. */
  readonly weights: ReadonlyMap<string, number>;
  readonly places: Places;
  readonly otherLanguages: OtherLanguages;
  /** Each story as the text part has it, by `storyKey`. */
  readonly storyTexts: ReadonlyMap<string, StoryText>;
}

/** A story in plain text. Each is lines without a break at their end; empty: the story has none. */
export interface StoryText {
  readonly title: string;
  readonly summary: string;
  readonly background: string;
  readonly highlights: string;
  readonly sources: string;
}

/** Tells the stories of one digest apart, also when the digest was parsed again elsewhere. */
export function storyKey({ line, title }: Story): string {
  return `${line} ${title}`;
}
