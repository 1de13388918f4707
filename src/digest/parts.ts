/** The parts that follow the stories of a labelled or tagged digest: analyses, trends, the closing sentence. */
import type { DigestDraft } from './draft.ts';
import { type Label, type Labelled, readLabel, readPoint } from './labels.ts';

export type Part = 'analysis' | 'trends' | 'closing';

/** The part that a line opens: `# 深度解析`, `深度解析:title`, `趋势总结`, `今日核心趋势总结:…`. */
export function openPart(
  draft: DigestDraft,
  bare: Label | undefined,
  labelled: Labelled | undefined,
): Part | undefined {
  const label = bare ?? labelled?.label;
  const rest = bare === undefined ? (labelled?.text ?? '') : '';
  if (label === 'analysis' && rest !== '') draft.analyses.push({ title: rest, fields: [] });
  if (label === 'trends' && rest !== '') draft.trends.push(readPoint(rest));
  if (label === 'closing') addClosing(draft, rest);
  return label === 'analysis' || label === 'trends' || label === 'closing' ? label : undefined;
}

export function addClosing(draft: DigestDraft, text: string): void {
  draft.closing = paragraphAfter(draft.closing, text);
}

/** A labelled line is a field of the last analysis; any other line continues the last field. */
export function addToAnalysis(draft: DigestDraft, text: string): void {
  const labelled = readLabel(text);
  const analysis = draft.analyses.at(-1);
  const last = analysis?.fields.at(-1);
  if (analysis === undefined && labelled === undefined) draft.analyses.push({ title: text, fields: [] });
  else if (analysis === undefined) draft.analyses.push({ title: '', fields: [fieldOf(text)] });
  else if (labelled !== undefined || last === undefined) analysis.fields.push(fieldOf(text));
  else last.text = paragraphAfter(last.text, text);
}

/** Plain concatenation: joining would copy what is there for every line. */
function paragraphAfter(known: string | undefined, text: string): string {
  return known ? `${known}\n\n${text}` : text;
}

function fieldOf(text: string): { label: string; text: string } {
  const labelled = readLabel(text);
  return labelled === undefined ? { label: '', text } : { label: labelled.word, text: labelled.text };
}
