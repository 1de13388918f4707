/**
 * The account of every line. A line is *used* when its letters stand in a field, or when it is pure structure: a
 * label word, a rule, a heading that only opens a part. It is *left out* on purpose when the model has no field for
 * it: an image, unused front matter, a fence, a link that is not safe, another day. What is neither was not understood.
 * Left-out lines are listed among the unparsed, but only what was not understood counts against the file.
 */
import { countLetters, hasLetters } from './reading.ts';
import type { SourceLine } from './source-lines.ts';

export interface Tally {
  use(line: number): void;
  /**
   * @param why in words for people, e.g. `front matter`
   * @param words what of the line is left out, where the rest of it stands in a field
   */
  leaveOut(line: number, why: string, words?: string): void;
  warn(line: number, message: string): void;
  readonly warnings: readonly { readonly line: number; readonly message: string }[];
  /** Lines left out or not understood, in order, as they stand in the file; of a line used in part, the rest. */
  unparsed(lines: readonly SourceLine[]): { readonly line: number; readonly text: string }[];
  /** Whether letters of the line stand in a field, or it is structure. */
  isUsed(line: number): boolean;
  /** Why a line was left out; the first reason when there are several. */
  whyLeftOut(line: number): string | undefined;
  /** Share of the letters that was not understood, 0 to 1. */
  unparsedShare(lines: readonly SourceLine[]): number;
}

interface LeftOut {
  readonly why: string;
  /** Absent when the whole line is meant. */
  words?: string | undefined;
}

export function createTally(): Tally {
  const used = new Set<number>();
  const leftOut = new Map<number, LeftOut>();
  const warnings: { line: number; message: string }[] = [];
  const isLost = ({ line }: SourceLine) => !used.has(line) && !leftOut.has(line);

  function restOf({ line, text }: SourceLine): string {
    const words = used.has(line) ? leftOut.get(line)?.words : undefined;
    return words ?? text;
  }

  return {
    use: (line) => void used.add(line),
    leaveOut(line, why, words) {
      const known = leftOut.get(line);
      if (known === undefined) leftOut.set(line, { why, words });
      else if (known.words !== undefined)
        known.words = words === undefined ? undefined : `${known.words} ${words}`;
    },
    warn: (line, message) => void warnings.push({ line, message }),
    warnings,
    unparsed: (lines) =>
      lines
        .filter((entry) => hasLetters(entry.text) && (leftOut.has(entry.line) || !used.has(entry.line)))
        .map((entry) => ({ line: entry.line, text: restOf(entry) })),
    isUsed: (line) => used.has(line),
    whyLeftOut: (line) => leftOut.get(line)?.why,
    unparsedShare(lines) {
      const counted = lines.filter(({ line }) => used.has(line) || !leftOut.has(line));
      const total = sum(counted.map(({ text }) => countLetters(text)));
      return total === 0 ? 0 : sum(counted.filter(isLost).map(({ text }) => countLetters(text))) / total;
    },
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
