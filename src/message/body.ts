/** Bodies as they stand in a message: base64 in lines of 76 (RFC 2045 §6.8), so 7-bit and without a dot to stuff. */

/** Columns of a line of base64. */
const columns = 76;

/** The text as UTF-8 in base64, every line closed by CRLF. Line ends of the text are taken as they are. */
export function base64Lines(text: string): string {
  const encoded = Buffer.from(text, 'utf8').toString('base64');
  let lines = '';
  for (let at = 0; at < encoded.length; at += columns) lines += `${encoded.slice(at, at + columns)}\r\n`;
  return lines;
}

/** RFC 2046 §4.1.1: the canonical line end of text is CRLF, also before it is encoded. */
export function canonicalLines(text: string): string {
  return text.replace(/\r\n?|\n/g, '\r\n');
}
