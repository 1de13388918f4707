/** Gmail clips a mail at about 102 KB of HTML and hides the unsubscribe link with the rest. */
import { mostHtmlBytes } from '../render/size.ts';
import { errorOf, type Problem, warningOf } from './problem.ts';
import type { EditionReport } from './sample.ts';

/** From here on an edition is worth a look: rendering soon gives up backgrounds, then summaries. */
export const largeHtmlBytes = 80_000;

/** @param report its bytes are those with a recipient's values */
export function sizeProblems({ id, htmlBytes }: Pick<EditionReport, 'id' | 'htmlBytes'>): Problem[] {
  if (htmlBytes > mostHtmlBytes) {
    return [
      errorOf(
        'edition-too-large',
        `${bytes(htmlBytes)} of HTML; at most ${bytes(mostHtmlBytes)} may be sent`,
        id,
      ),
    ];
  }
  if (htmlBytes > largeHtmlBytes) {
    return [
      warningOf(
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
