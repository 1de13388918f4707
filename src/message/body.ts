/** Bodies as they stand in a message: base64 in lines of 76 (RFC 2045 §6.8), so 7-bit and without a dot to stuff. */

/** A stretch of a message: a string is ASCII. */
export type Chunk = string | Buffer;

/** Columns of a line of base64. */
const columns = 76;

/** The first octets (default: all) in base64, every line closed by CRLF. */
export function base64Lines(octets: Buffer, size = octets.length): string {
  const encoded = octets.toString('base64', 0, size);
  let lines = '';
  for (let at = 0; at < encoded.length; at += columns) lines += `${encoded.slice(at, at + columns)}\r\n`;
  return lines;
}

/** RFC 2046 §4.1.1: the canonical line end of text is CRLF, also before it is encoded. */
export function canonicalLines(text: string): string {
  return text.replace(/\r\n?|\n/g, '\r\n');
}

/** Each Buffer by itself, and what stands between them as one. */
export function inPieces(chunks: readonly Chunk[]): Buffer[] {
  const pieces: Buffer[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') pieces.push(Buffer.from(text, 'latin1'));
    text = '';
  };
  for (const chunk of chunks) {
    if (typeof chunk === 'string') text += chunk;
    else if (chunk.length > 0) {
      flush();
      pieces.push(chunk);
    }
  }
  flush();
  return pieces;
}
