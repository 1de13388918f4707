/** The model of one day's news: what every parser produces and every later room reads. Plain readonly data. */

export type TopicId = string;

/** As the digest itself says, else by share of letters. */
export const digestLanguages = ['zh', 'en', 'ja'] as const;
export type DigestLanguage = (typeof digestLanguages)[number];

export type DigestFormat = 'labelled' | 'tagged' | 'markdown' | 'json';

export interface Source {
  readonly name: string;
  /** Absent when the digest gives no link; http or https only. */
  readonly url?: string;
}

export interface Highlight {
  readonly label?: string;
  readonly text: string;
}

/** One news item. Texts keep their inline Markdown (bold, code, links); see `inline.ts`. */
export interface Story {
  readonly title: string;
  /** The tag as written before the title's dash, e.g. `AI技术`. */
  readonly tag?: string;
  /** Empty when the digest gives only a headline. */
  readonly summary: string;
  readonly background?: string;
  readonly highlights: readonly Highlight[];
  readonly sources: readonly Source[];
  /** At least one id; `other` when nothing matched. */
  readonly topics: readonly TopicId[];
  /** Marked as news about a story that was published before: it is no repeat of it. */
  readonly update?: true;
  /** 1-based line of the title in the digest file. */
  readonly line: number;
}

export interface Category {
  readonly name: string;
  readonly stories: readonly Story[];
}

export interface Analysis {
  readonly title: string;
  readonly fields: readonly { readonly label: string; readonly text: string }[];
}

export interface Digest {
  readonly title: string;
  /** `YYYY-MM-DD`; null when the text names no date and none was given. */
  readonly date: string | null;
  readonly lang: DigestLanguage;
  readonly format: DigestFormat;
  readonly categories: readonly Category[];
  readonly analyses: readonly Analysis[];
  readonly trends: readonly Highlight[];
  /** The day's sentence: its closing one, else the short summary it opens with. */
  readonly closing?: string;
  /** A sentence to take along that says nothing of the news (微语, quote of the day). */
  readonly motto?: string;
}

export interface ParsedDigest {
  readonly digest: Digest;
  readonly warnings: readonly { readonly line: number; readonly message: string }[];
  /** Every non-blank line whose letters stand in no field. */
  readonly unparsed: readonly { readonly line: number; readonly text: string }[];
}

/** All stories in reading order. */
export function storiesOf(digest: Pick<Digest, 'categories'>): readonly Story[] {
  return digest.categories.flatMap((category) => category.stories);
}
