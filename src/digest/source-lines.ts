/** From bytes to lines: UTF-8, BOM stripped, CRLF to LF, control and bidi-override characters gone. */
import { PaperboyError } from '../core/errors.ts';

/** One line of the file as the parsers see it, without trailing spaces. */
export interface SourceLine {
  /** 1-based. */
  readonly line: number;
  readonly text: string;
}

/** 4 MB, counted in UTF-8 bytes. */
const largestDigestBytes = 4 * 1024 * 1024;

/**
 * The file's text in well-formed characters, lines parted by `\n`.
 *
 * @param name names the file in errors
 * @throws PaperboyError `digest-too-large`, `digest-unreadable`
 */
export function decodeDigest(source: Buffer | string, name: string): string {
  const bytes = typeof source === 'string' ? Buffer.byteLength(source) : source.length;
  if (bytes > largestDigestBytes) {
    throw new PaperboyError(
      'digest-too-large',
      `${name} has ${bytes} bytes; at most ${largestDigestBytes} are read`,
      {
        hint: 'A digest is one day of news; is this the right file?',
      },
    );
  }
  const text =
    typeof source === 'string' ? source.replace(/\p{Surrogate}/gu, '\ufffd') : decodeUtf8(source, name);
  return withLineFeeds(text)
    .replace(droppedCharacters, '')
    .replace(/[\r\u2028\u2029]/g, ' ');
}

/** A carriage return alone ends a line only where no line feed does: line numbers are those an editor shows. */
function withLineFeeds(text: string): string {
  return text.includes('\n') ? text.replace(/\r\n/g, '\n') : text.replace(/\r/g, '\n');
}

/** Lines with their numbers; blank ones are kept as empty texts. */
export function linesOf(text: string): SourceLine[] {
  return text.split('\n').map((line, index) => ({ line: index + 1, text: withoutLongGaps(line.trimEnd()) }));
}

/** Gaps without end are how a pattern that looks for optional spaces is made slow. */
function withoutLongGaps(text: string): string {
  return text.replace(/^\s{40,}/, ' '.repeat(40)).replace(/(?<=\S)\s{16,}/g, ' ');
}

function decodeUtf8(bytes: Buffer, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const line = lineOfFirstFault(bytes);
    throw new PaperboyError('digest-unreadable', `line ${line} of ${name} is not UTF-8; UTF-8 was expected`, {
      hint: 'Save the file as UTF-8 and try again.',
      cause,
    });
  }
}

function lineOfFirstFault(bytes: Buffer): number {
  const fault = bytes.toString('utf8').indexOf('\ufffd');
  return bytes.toString('utf8').slice(0, Math.max(fault, 0)).split('\n').length;
}

// Everything of C0 and C1 but tab and line feed, the bidirectional controls, and byte order marks.
const droppedCharacters =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what goes
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
