/** Gmail clips a mail at about 102 KB of what it shows and hides the unsubscribe link with the rest. */
import type { LeftOut } from '../render/rendered-edition.ts';
import { mostPartBytes, usualPartBytes } from '../render/size.ts';
import { type Problem, problemOf } from './problem.ts';
import type { EditionReport } from './sample.ts';

/** Up to here an edition was not shortened; one that was, or that is larger all the same, is worth a look. */
export const largePartBytes = usualPartBytes;

/**
 * Both parts at their limit take 219,000 bytes as base64. A message beyond this has a part that nobody reads, and copies
 * that cost a million readers' worth of traffic.
 */
const largeMessageBytes = 225_000;

/** The whole message of a copy, headers and both parts. */
export function messageProblems({ id, messageBytes }: Pick<EditionReport, 'id' | 'messageBytes'>): Problem[] {
  if (messageBytes <= largeMessageBytes) return [];
  const what = `a copy takes ${bytes(messageBytes)}; above ${bytes(largeMessageBytes)} most of it is text that nobody reads`;
  return [problemOf('message-large', what, id)];
}

/** What a client shows of a copy: its HTML part, or the text part where there is no other. */
export interface ShownPart {
  readonly id: string;
  readonly kind: 'HTML' | 'text';
  /** With a recipient's values. */
  readonly bytes: number;
}

/** @param leftOut what the edition gave up to be no larger */
export function sizeProblems({ id, kind, bytes: size }: ShownPart, leftOut?: LeftOut): Problem[] {
  if (size > mostPartBytes) {
    const what = `${bytes(size)} of ${kind}; at most ${bytes(mostPartBytes)} may be sent`;
    return [problemOf('edition-too-large', what, id)];
  }
  if (leftOut !== undefined) {
    const what = `${shortening(leftOut)} to be no larger than ${bytes(size)} of ${kind}`;
    return [problemOf('edition-large', what, id)];
  }
  if (size > largePartBytes) {
    const what = `${bytes(size)} of ${kind}; more than ${bytes(largePartBytes)} should not be needed`;
    return [problemOf('edition-large', what, id)];
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
