/** A digest in pieces, folded, to be found again on the lines of its file. */
import { besidesDate } from './dates.ts';
import type { Digest, Story } from './digest.ts';
import { inlineText } from './inline.ts';
import { withoutNumber } from './line-shapes.ts';
import { folded } from './reading.ts';

/** `structure`: rules, label words, heads that only open a part. */
export type Became =
  | 'title'
  | 'date'
  | 'category'
  | 'story title'
  | 'tag'
  | 'summary'
  | 'background'
  | 'point'
  | 'source'
  | 'link'
  | 'analysis'
  | 'trend'
  | 'closing'
  | 'motto'
  | 'front matter'
  | 'structure'
  | 'unparsed';

export interface Piece {
  readonly became: Became;
  /** Folded. */
  readonly text: string;
  readonly of?: string;
}

export interface Owner {
  readonly line: number;
  readonly pieces: readonly Piece[];
  readonly links: readonly string[];
  readonly title: string;
}

export interface FoldedLine {
  readonly all: string;
  /** Without heading marks, bullets and numbers. */
  readonly bare: string;
  /** Without its date. */
  readonly undated: string;
  /** What follows the first colon. */
  readonly labelled: string;
}

export function foldedLine(text: string): FoldedLine {
  const shown = inlineText(text.replace(/<[^<>]*>/g, ' '));
  const bare = withoutNumber(shown.trim().replace(/^(?:[#>*+•·|-]+\s*|\d{1,3}[.)、]\s*)+/u, ''));
  return {
    all: folded(shown),
    bare: folded(bare),
    undated: folded(besidesDate(bare)),
    labelled: folded(/[:：]\s*(.*)$/su.exec(shown)?.[1] ?? ''),
  };
}

export function ownerOf({ title, tag, summary, background, highlights, sources, line }: Story): Owner {
  const of = inlineText(title);
  const piece = (became: Became) => (text: string) => ({ became, text: folded(inlineText(text)), of });
  return {
    line,
    title,
    pieces: [
      ...(tag === undefined ? [] : tag.split(', ').map(piece('tag'))),
      ...summary.split('\n\n').map(piece('summary')),
      ...(background ?? '').split('\n\n').map(piece('background')),
      ...highlights.map(({ label = '', text }) => piece('point')(label + text)),
      ...sources.map(({ name }) => piece('source')(name)),
    ].filter(({ text }) => text !== ''),
    links: sources.flatMap(({ url }) => url ?? []),
  };
}

export function partsOf({ title, categories, analyses, trends, closing, motto }: Digest): Piece[] {
  const piece = (became: Became, text: string, of?: string): Piece => ({
    became,
    text: folded(inlineText(text)),
    ...(of !== undefined && { of }),
  });
  return [
    piece('title', title),
    ...categories.map(({ name }) => piece('category', name, name)),
    ...analyses.flatMap((analysis) => [
      piece('analysis', analysis.title, analysis.title),
      ...analysis.fields.map(({ label, text }) => piece('analysis', label + text, analysis.title)),
    ]),
    ...trends.map(({ label = '', text }) => piece('trend', label + text)),
    ...(closing ?? '').split('\n\n').map((text) => piece('closing', text)),
    piece('motto', motto ?? ''),
  ].filter(({ text }) => text !== '');
}

/** The piece stands on the line, or the line is a stretch of the piece. */
export function isIn({ became, text }: Piece, { all, bare, labelled, undated }: FoldedLine): boolean {
  if (text === bare || text === labelled || text === all) return true;
  if (became === 'category') return false;
  if (became === 'title') return text === undated;
  if (became === 'tag' || became === 'source') return all.includes(text);
  const isLong = text.length >= 4 || text.length * 3 >= all.length;
  if (isLong && all.includes(text)) return true;
  return [bare, labelled].some((stretch) => stretch.length >= 6 && text.includes(stretch));
}
