/** What each line of a digest became: told from the digest itself, so that it says where the letters really stand. */
import { besidesDate } from './dates.ts';
import type { Digest, ParsedDigest, Story } from './digest.ts';
import { storiesOf } from './digest.ts';
import { inlineText } from './inline.ts';
import { withoutNumber } from './line-shapes.ts';
import { folded, hasLetters } from './reading.ts';
import type { SourceLine } from './source-lines.ts';
import type { Tally } from './tally.ts';

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
  | 'front matter'
  | 'structure'
  | 'unparsed';

export interface Explained {
  /** 1-based. */
  readonly line: number;
  readonly became: Became;
  /** The story's title; of an unparsed line why it is, and which words when the others stand in a field. */
  readonly of?: string;
}

interface Piece {
  readonly became: Became;
  /** Folded. */
  readonly text: string;
  readonly of?: string;
}

interface Owner {
  readonly line: number;
  readonly pieces: readonly Piece[];
  readonly links: readonly string[];
  readonly title: string;
}

/**
 * Every line that is not blank, in order; a line that became several things stands once for each.
 *
 * @param tally what the reader noted of the lines
 */
export function explainLines(
  lines: readonly SourceLine[],
  { digest, unparsed }: Pick<ParsedDigest, 'digest' | 'unparsed'>,
  { isUsed, whyLeftOut }: Pick<Tally, 'isUsed' | 'whyLeftOut'>,
): Explained[] {
  const owners = storiesOf(digest).map(ownerOf);
  const byLine = groupedByLine(owners);
  const byTitle = new Map(owners.map((owner) => [folded(inlineText(owner.title)), owner]));
  const listed = groupedTexts(unparsed);
  const parts = partsOf(digest);
  let current: Owner | undefined;
  let isDated = false;

  return lines
    .filter(({ text }) => text.trim() !== '')
    .flatMap(({ line, text }) => {
      const rest = listed.get(line);
      const whole = foldedLine(text);
      const starting = byLine.get(line) ?? [];
      const again = starting.length > 0 ? undefined : byTitle.get(whole.bare);
      current = starting.at(-1) ?? again ?? current;
      const found: Explained[] = [];
      const why = whyLeftOut(line);
      if (rest === undefined || isUsed(line) || !isWhole(rest, text)) {
        const own = [...starting, ...(starting.length === 0 && current !== undefined ? [current] : [])];
        for (const owner of starting)
          found.push({ line, became: 'story title', of: inlineText(owner.title) });
        for (const owner of own) found.push(...partsIn(owner, line, text, whole, again === owner));
        if (starting.length === 0)
          found.push(
            ...parts.filter((piece) => isIn(piece, whole)).map(({ became, of }) => entry(line, became, of)),
          );
        const mayDate = found.length === 0 || found.some(({ became }) => became === 'title');
        if (!isDated && digest.date !== null && mayDate && isDate(text, digest.date)) {
          isDated = true;
          found.push({ line, became: 'date' });
        }
        if (found.length === 0 && rest === undefined && hasLetters(text))
          found.push(...elsewhere(owners, line, whole));
      }
      if (why === 'front matter' && rest !== undefined) found.push({ line, became: 'front matter' });
      else if (rest !== undefined)
        found.push(...rest.map((words) => entry(line, 'unparsed', reasonOf(words, text, why))));
      return found.length > 0 ? unique(found) : [{ line, became: 'structure' as const }];
    });
}

function entry(line: number, became: Became, of?: string): Explained {
  return { line, became, ...(of !== undefined && { of }) };
}

function reasonOf(words: string, text: string, why = 'not understood'): string {
  return words.trim() === text.trim() ? why : `${why}: “${words.trim()}”`;
}

function isWhole(rest: readonly string[], text: string): boolean {
  return rest.some((words) => words.trim() === text.trim());
}

function unique(found: readonly Explained[]): Explained[] {
  const known = new Set<string>();
  return found.filter(({ became, of }) => {
    const key = `${became} ${of ?? ''}`;
    return !known.has(key) && known.add(key) !== undefined;
  });
}

function groupedByLine(owners: readonly Owner[]): Map<number, Owner[]> {
  const grouped = new Map<number, Owner[]>();
  for (const owner of owners) {
    const same = grouped.get(owner.line);
    if (same === undefined) grouped.set(owner.line, [owner]);
    else same.push(owner);
  }
  return grouped;
}

function groupedTexts(unparsed: ParsedDigest['unparsed']): Map<number, string[]> {
  const grouped = new Map<number, string[]>();
  for (const { line, text } of unparsed) {
    const same = grouped.get(line);
    if (same === undefined) grouped.set(line, [text]);
    else same.push(text);
  }
  return grouped;
}

interface FoldedLine {
  readonly all: string;
  /** Without heading marks, bullets and numbers. */
  readonly bare: string;
  /** Without its date. */
  readonly undated: string;
  /** What follows the first colon. */
  readonly labelled: string;
}

function foldedLine(text: string): FoldedLine {
  const shown = inlineText(text.replace(/<[^<>]*>/g, ' '));
  const bare = withoutNumber(shown.trim().replace(/^(?:[#>*+•·|-]+\s*|\d{1,3}[.)、]\s*)+/u, ''));
  return {
    all: folded(shown),
    bare: folded(bare),
    undated: folded(besidesDate(bare)),
    labelled: folded(/[:：]\s*(.*)$/su.exec(shown)?.[1] ?? ''),
  };
}

function ownerOf({ title, tag, summary, background, highlights, sources, line }: Story): Owner {
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

function partsOf({ title, categories, analyses, trends, closing }: Digest): Piece[] {
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
  ].filter(({ text }) => text !== '');
}

function partsIn(owner: Owner, line: number, text: string, whole: FoldedLine, isAgain: boolean): Explained[] {
  const of = inlineText(owner.title);
  const isTitleLine = isAgain || owner.line === line;
  const found = owner.pieces.filter((piece) => isIn(piece, whole));
  const longer = [...found, ...(isTitleLine ? [{ became: 'story title', text: folded(of) }] : [])];
  // A name or a tag that a longer text on the line mentions as well was not read from there.
  const isMentioned = ({ became, text: short }: Piece) =>
    (became === 'tag' || became === 'source') &&
    longer.some((other) => other.text.length > short.length && other.text.includes(short));
  return [
    ...(isAgain ? [{ line, became: 'story title' as const, of }] : []),
    ...found.filter((piece) => !isMentioned(piece)).map(({ became }) => entry(line, became, of)),
    ...(owner.links.some((url) => text.includes(url)) ? [{ line, became: 'link' as const, of }] : []),
  ];
}

/** The piece stands on the line, or the line is a stretch of the piece. */
function isIn({ became, text }: Piece, { all, bare, labelled, undated }: FoldedLine): boolean {
  if (text === bare || text === labelled || text === all) return true;
  if (became === 'category') return false;
  if (became === 'title') return text === undated;
  if (became === 'tag' || became === 'source') return all.includes(text);
  const isLong = text.length >= 4 || text.length * 3 >= all.length;
  if (isLong && all.includes(text)) return true;
  return [bare, labelled].some((stretch) => stretch.length >= 6 && text.includes(stretch));
}

function isDate(text: string, date: string): boolean {
  const [year, month, day] = date.split('-').map(Number);
  return (
    text.includes(date) ||
    new RegExp(`${year}\\D{1,2}0?${month}\\D{1,2}0?${day}(?!\\d)`).test(text) ||
    new RegExp(`\\b0?${day}\\b.*\\b${year}`).test(text)
  );
}

/** The last resort, for a line whose story collapsed into another. */
function elsewhere(owners: readonly Owner[], line: number, whole: FoldedLine): Explained[] {
  for (const { pieces } of owners.slice(0, 1_000)) {
    const piece = pieces.find((candidate) => isIn(candidate, whole));
    if (piece !== undefined) return [entry(line, piece.became, piece.of)];
  }
  return [];
}
