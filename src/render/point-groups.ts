/** A story's points under the lines that only say what follows: `技术细节：` over the points that tell it. */
import type { Highlight } from '../digest/digest.ts';
import { inlineText } from '../digest/inline.ts';
import { isWider } from './columns.ts';

export interface PointGroup {
  /** Stands over its points; absent for those that stand under none. */
  readonly head?: string;
  /** Never empty. */
  readonly points: readonly Highlight[];
}

/** A story's one point, where its label can lead into it as into a paragraph: `Why it matters: …`. A list of one is none. */
export function lonePoint(highlights: readonly Highlight[]): Highlight | undefined {
  const [point, ...others] = highlights;
  return others.length === 0 && inlineText(point?.label ?? '').trim() !== '' ? point : undefined;
}

/** A longer line is a point that happens to end in a colon. */
const headColumns = 60;

/** In the order in which they stand; a line that nothing follows is a point like any other. */
export function pointGroups(highlights: readonly Highlight[]): readonly PointGroup[] {
  const groups: { head?: string; points: Highlight[] }[] = [];
  for (const [index, point] of highlights.entries()) {
    const next = highlights[index + 1];
    if (isHead(point) && next !== undefined && !isHead(next)) groups.push({ head: point.text, points: [] });
    else if (groups.length === 0) groups.push({ points: [point] });
    else groups.at(-1)?.points.push(point);
  }
  return groups;
}

function isHead({ label, text }: Highlight): boolean {
  const shown = inlineText(text).trim();
  return label === undefined && /[:：]$/u.test(shown) && !isWider(shown, headColumns);
}
