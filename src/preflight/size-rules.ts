/** Gmail clips a mail at about 102 KB of HTML and hides the unsubscribe link with the rest. */
import { mostHtmlBytes } from '../render/size.ts';
import { type Problem, problemOf } from './problem.ts';
import type { EditionReport } from './sample.ts';

/** From here on an edition is worth a look: rendering soon gives up backgrounds, then summaries. */
export const largeHtmlBytes = 80_000;

/**
 * HTML at its limit takes 130,000 bytes as base64. A message beyond this has a text part that nobody reads, and copies
 * that cost a million readers' worth of traffic.
 */
const largeMessageBytes = 200_000;

/** The whole message of a copy, headers and both parts. */
export function messageProblems({ id, messageBytes }: Pick<EditionReport, 'id' | 'messageBytes'>): Problem[] {
  if (messageBytes <= largeMessageBytes) return [];
  const what = `a copy takes ${bytes(messageBytes)}; above ${bytes(largeMessageBytes)} most of it is text that nobody reads`;
  return [problemOf('message-large', what, id)];
}

/** @param report its bytes are those with a recipient's values */
export function sizeProblems({ id, htmlBytes }: Pick<EditionReport, 'id' | 'htmlBytes'>): Problem[] {
  if (htmlBytes > mostHtmlBytes) {
    return [
      problemOf(
        'edition-too-large',
        `${bytes(htmlBytes)} of HTML; at most ${bytes(mostHtmlBytes)} may be sent`,
        id,
      ),
    ];
  }
  if (htmlBytes > largeHtmlBytes) {
    return [
      problemOf(
        'edition-large',
        `${bytes(htmlBytes)} of HTML; above ${bytes(mostHtmlBytes)} it is shortened, from the last story up`,
        id,
      ),
    ];
  }
  return [];
}

function bytes(count: number): string {
  return `${count.toLocaleString('en-US')} bytes`;
}
