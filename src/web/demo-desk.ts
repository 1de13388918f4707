/** What the demo pages need of the rest of the house. */
import type { TopicChoice } from '../../subscribers/preferences.ts';

export interface DemoReader {
  /** Letters, digits and hyphens: it stands in paths and anchors. */
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly topics: TopicChoice;
}

/** The mail a reader would get now. Its links carry no real tokens. */
export interface NextMail {
  readonly subject: string;
  readonly preheader: string;
  readonly storyCount: number;
  /** Empty for a reader who takes plain text. */
  readonly html: string;
  readonly text: string;
}

export interface DemoDesk {
  /** In the order in which they are shown. */
  readers(): Promise<readonly DemoReader[]>;
  /** Stories of the digest that `nextMail` is made of, by topic id; a topic without stories may be absent. */
  storiesByTopic(): Promise<Readonly<Record<string, number>>>;
  /** @param topics may be empty: that reader gets no mail. */
  setTopics(readerId: string, topics: TopicChoice): Promise<void>;
  /** Null when no story is in the reader's topics, so that there is no mail. */
  nextMail(readerId: string): Promise<NextMail | null>;
}

/** All editions of a digest that a visitor dropped. */
export interface EditionsPreview {
  readonly title: string;
  /** `YYYY-MM-DD`; null when the digest names none. */
  readonly date: string | null;
  readonly warnings: readonly { readonly line: number; readonly message: string }[];
  readonly editions: readonly {
    /** `all` or a topic id. */
    readonly id: string;
    readonly label: string;
    readonly stories: number;
    readonly subject: string;
    readonly preheader: string;
    readonly htmlBytes: number;
    readonly html: string;
    readonly text: string;
  }[];
}

/**
 * @param bytes the file as it was dropped
 * @param name its name, without folders; empty when its text was typed in
 * @throws PaperboyError about the digest, with the line where one is known
 */
export type PreviewEditions = (bytes: Uint8Array, name: string) => Promise<EditionsPreview>;
