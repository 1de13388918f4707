/** Gmail clips a mail at about 102 KB of HTML and hides the unsubscribe link with the rest. */
import type { LeftOut } from '../render/rendered-edition.ts';
import { mostHtmlBytes, usualHtmlBytes } from '../render/size.ts';
import { type Problem, problemOf } from './problem.ts';
import type { EditionReport } from './sample.ts';

/** Up to here an edition was not shortened; one that was, or that is larger all the same, is worth a look. */
export const largeHtmlBytes = usualHtmlBytes;

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

/**
 * @param report its bytes are those with a recipient's values
 * @param leftOut what the edition gave up to be no larger
 */
export function sizeProblems(
  { id, htmlBytes }: Pick<EditionReport, 'id' | 'htmlBytes'>,
  leftOut?: LeftOut,
): Problem[] {
  if (htmlBytes > mostHtmlBytes) {
    return [
      problemOf(
        'edition-too-large',
        `${bytes(htmlBytes)} of HTML; at most ${bytes(mostHtmlBytes)} may be sent`,
        id,
      ),
    ];
  }
  if (leftOut !== undefined)
    return [
      problemOf(
        'edition-large',
        `${shortening(leftOut)} to be no larger than ${bytes(htmlBytes)} of HTML`,
        id,
      ),
    ];
  if (htmlBytes > largeHtmlBytes) {
    return [
      problemOf(
        'edition-large',
        `${bytes(htmlBytes)} of HTML; more than ${bytes(largeHtmlBytes)} should not be needed`,
        id,
      ),
    ];
  }
  return [];
}

function shortening({ stories }: LeftOut): string {
  const what =
    stories === 0 ? 'some of its texts' : `${stories === 1 ? '1 story' : `${stories} stories`} and more`;
  return `it leaves out ${what}`;
}

function bytes(count: number): string {
  return `${count.toLocaleString('en-US')} bytes`;
}
