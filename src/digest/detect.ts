/** Which format a file has: each format's markers are counted, and a tie falls to Markdown. */
import type { DigestFormat } from './digest.ts';
import { isLabelLine } from './labelled.ts';
import { readLabel } from './labels.ts';
import { markedText } from './line-shapes.ts';
import { hasLetters } from './reading.ts';
import type { SourceLine } from './source-lines.ts';
import { isStoryTitle } from './tagged.ts';
import type { Topic } from './topics.ts';

export const digestFormats: readonly DigestFormat[] = ['labelled', 'tagged', 'markdown', 'json'];

/** @param text the whole decoded file; JSON is told by its first characters */
export function detectFormat(
  text: string,
  lines: readonly SourceLine[],
  topics: readonly Topic[],
): DigestFormat {
  if (/^\s*(?:\{\s*["}]|\[\s*["{[])/.test(text.slice(0, 1_000)) && !isLinkAtStart(text)) return 'json';
  const scores = scoresOf(lines, topics);
  if (scores.labelled > Math.max(scores.tagged, scores.markdown)) return 'labelled';
  if (scores.tagged > Math.max(scores.labelled, scores.markdown)) return 'tagged';
  return 'markdown';
}

/** Markers a format has and the others lack; points, not lines. */
export function scoresOf(
  all: readonly SourceLine[],
  topics: readonly Topic[],
): { readonly labelled: number; readonly tagged: number; readonly markdown: number } {
  const lines = all
    .filter(({ text }) => hasLetters(text))
    .map(({ line, text }) => ({ line, text: text.trim() }));
  let [labelled, tagged, tags, markdown] = [0, 0, 0, 0];
  lines.forEach(({ text }, index) => {
    const isBold = markedText(text) !== undefined && !text.startsWith('#');
    if (isBold && isLabelLine(lines[index + 1])) labelled += 3;
    else if (markedText(text) === undefined && isStoryTitle(lines, index, topics)) {
      tagged += 2;
      tags++;
    } else if (isPlainSource(text)) tagged += 1;
    else if (/^#{1,6}\s/.test(text) && readLabel(text.replace(/^#+\s*/, '')) === undefined)
      markdown += headingPoints(text);
    else if (/^(?:[-*+]|\d{1,3}[.)])\s+(?:\*\*|\[)|^\|.*\|$/.test(text)) markdown += 1;
    else if (/^(?:[-*+]|\d{1,3}[.)])\s.*\]\(https?:/i.test(text)) markdown += 1;
  });
  // Sources alone stand in other files as well, which part their stories by blank lines.
  const isParted = tags === 0 && all.some(({ text }) => text.trim() === '');
  return { labelled, tagged: isParted ? 0 : tagged, markdown };
}

/** The heading of an analysis stands in tagged files as well. */
function headingPoints(text: string): number {
  return /^#+\s*深度解析\s*$/u.test(text) ? 0 : 2;
}

function isPlainSource(text: string): boolean {
  return readLabel(text)?.label === 'source' && !/[[\]*]/.test(text);
}

function isLinkAtStart(text: string): boolean {
  return /^\s*\[[^\]\n]*\]\(/.test(text.slice(0, 1_000));
}
