/** Text that is hard to read, in light and in dark mode (WCAG 2.2 §1.4.3, level AA). */
import { contrastRatio, hexOf } from './color.ts';
import { shortened } from './digest-texts.ts';
import type { MailTree } from './mail-tree.ts';
import type { ColorScheme } from './media-query.ts';
import { type Problem, problemOf } from './problem.ts';
import { shownTexts } from './shown-text.ts';

/** AA asks for it of text of usual size; large text may have 3, but no heading of ours needs to. */
const leastContrast = 4.5;

/** Each pair of colours once, with the first text that has it. */
export function contrastProblems(mail: MailTree): Problem[] {
  return (['light', 'dark'] as const).flatMap((scheme) => problemsIn(mail, scheme));
}

function problemsIn(mail: MailTree, scheme: ColorScheme): Problem[] {
  const faint = new Map<string, Problem>();
  for (const { text, color, background } of shownTexts(mail, { scheme, width: 640 })) {
    const ratio = contrastRatio(color, background);
    const pair = `${hexOf(color)} on ${hexOf(background)}`;
    if (ratio >= leastContrast || faint.has(pair)) continue;
    faint.set(
      pair,
      problemOf(
        'contrast-low',
        `in ${scheme} mode “${shortened(text, 24)}” is ${pair}, a contrast of ${floored(ratio)}; at least ${leastContrast} can be read by all`,
      ),
    );
  }
  return [...faint.values()];
}

/** Never rounded up to the limit. */
function floored(ratio: number): string {
  return (Math.floor(ratio * 100) / 100).toFixed(2);
}
