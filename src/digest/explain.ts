/** What each line of a digest became: told from the digest itself, so that it says where the letters really stand. */
import type { ParsedDigest } from './digest.ts';
import { storiesOf } from './digest.ts';
import {
  type Became,
  type FoldedLine,
  foldedLine,
  isIn,
  type Owner,
  ownerOf,
  type Piece,
  partsOf,
} from './digest-pieces.ts';
import { inlineText } from './inline.ts';
import { folded, hasLetters } from './reading.ts';
import type { SourceLine } from './source-lines.ts';
import type { Tally } from './tally.ts';

export interface Explained {
  /** 1-based. */
  readonly line: number;
  readonly became: Became;
  /** The story's title; of an unparsed line why it is, and which words when the others stand in a field. */
  readonly of?: string;
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
