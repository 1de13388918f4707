/** An edition as preflight looks at it, with one copy of it as a recipient would get it; and what is reported of it. */
import type { TopicChoice } from '../../subscribers/preferences.ts';
import type { Edition } from '../edition/edition.ts';
import type { Message } from '../message/message.ts';
import type { RenderedEdition } from '../render/rendered-edition.ts';

export interface EditionSample {
  readonly edition: Edition;
  readonly rendered: RenderedEdition;
  /** Eligible subscribers whose edition this is; null when nobody could be asked. */
  readonly recipients: number | null;
  /** The HTML part with values of a recipient in place; empty when the format is `text`. */
  readonly html: string;
  /** The text part with the same values. */
  readonly text: string;
  readonly message: Message;
  /** The recipient's unsubscribe link that was put in. */
  readonly unsubscribeUrl: string;
}

/** The keys of `check --json`. */
export interface EditionReport {
  readonly id: string;
  readonly topics: TopicChoice;
  readonly recipients: number | null;
  readonly stories: number;
  readonly subject: string;
  readonly preheader: string;
  /** 0 when the format is `text`. */
  readonly htmlBytes: number;
  readonly messageBytes: number;
  readonly readingMinutes: number;
}

export function reportOf({ edition, rendered, recipients, html, message }: EditionSample): EditionReport {
  return {
    id: edition.id,
    topics: edition.preferenceSet.topics,
    recipients,
    stories: edition.storyCount,
    subject: rendered.subject,
    preheader: rendered.preheader,
    htmlBytes: Buffer.byteLength(html, 'utf8'),
    messageBytes: message.raw.length,
    readingMinutes: edition.readingMinutes,
  };
}
