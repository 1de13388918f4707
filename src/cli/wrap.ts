/** Lines for a terminal: broken at its width, a Han character counting two and a place to break. */
import { columnsOf } from '../render/columns.ts';

/** Columns of the terminal that the stream writes to; undefined for a file or a pipe, whose lines are not to be broken. */
export function terminalColumns(stream: NodeJS.WritableStream): number | undefined {
  const { isTTY, columns } = stream as Partial<NodeJS.WriteStream>;
  return isTTY ? columns : undefined;
}

/**
 * @param columns at most in a line; undefined: as many as it takes
 * @param indent blanks before every line but the first, which stands behind as many columns
 */
export function wrapped(text: string, columns: number | undefined, indent: number): string {
  if (columns === undefined || columns - indent < narrowest) return text;
  const lines: string[] = [];
  let line = '';
  for (const part of text.match(parts) ?? []) {
    if (line !== '' && columnsOf(line + part.trimEnd()) > columns - indent) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += part;
  }
  return [...lines, line.trimEnd()].join(`\n${' '.repeat(indent)}`);
}

/** Narrower columns are harder to read than lines that the terminal breaks. */
const narrowest = 24;

/** A word with the blanks behind it, or one wide character with the marks that must not begin a line. */
const parts =
  /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff][，。、；：！？）》」』”’…\s]*|[^\s\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]+\s*|\s+/gu;
