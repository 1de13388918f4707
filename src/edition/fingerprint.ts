/** By what a story is known again days later: hashes of its page, its title and its words. */
import { createHash } from 'node:crypto';
import type { Story } from '../digest/digest.ts';
import { inlineText } from '../digest/inline.ts';
import { columns, folded } from '../digest/reading.ts';
import { storyPage } from '../digest/story-page.ts';
import { withoutUpdateMark } from '../digest/updates.ts';

/** Each is 12 characters of base64url; empty where the story has nothing that would tell it from others. */
export interface Fingerprint {
  /** Of the page of its first source. */
  readonly page: string;
  /** Of its folded title, without the mark of an update. */
  readonly title: string;
  /** Of title and summary together; empty for a short title that has nothing but its page. */
  readonly text: string;
}

/** Twelve columns are six Han or twelve letters. Shorter titles head a column day by day: “Market wrap”, “今日要闻”. */
const shortestTitle = 12;

export function fingerprintOf(story: Story): Fingerprint {
  const title = inlineText(story.title);
  const name = folded(withoutUpdateMark(title));
  const summary = folded(inlineText(story.summary));
  const page = pageOf(story) ?? '';
  const isShort = columns(name) < shortestTitle;
  const isOnlyShort = isShort && summary === '' && page !== '';
  return {
    page: hashOf('page', page),
    title: hashOf('title', isShort ? '' : name),
    text: hashOf('text', isOnlyShort ? '' : `${folded(title)} ${summary}`.trim()),
  };
}

/** A page that the text quotes is not the story's own: others may quote it as well. */
function pageOf({ summary, background = '', highlights, sources }: Story): string | undefined {
  const url = sources[0]?.url;
  if (url === undefined) return undefined;
  const isQuoted = [summary, background, ...highlights.map(({ text }) => text)].some((text) =>
    text.includes(`](${url}`),
  );
  return isQuoted ? undefined : storyPage(url);
}

/** 72 bits: among all stories of a fortnight two never meet by chance. */
function hashOf(kind: string, text: string): string {
  if (text === '') return '';
  return createHash('sha256').update(`${kind} ${text}`).digest('base64url').slice(0, 12);
}

/** As it is kept: one word. */
export function encodeFingerprint({ page, title, text }: Fingerprint): string {
  return `${page},${title},${text}`;
}

export function decodeFingerprint(word: string): Fingerprint {
  const [page = '', title = '', text = ''] = word.split(',');
  return { page, title, text };
}
