/** A relay's replies, read out of its octets however they are cut into packets (RFC 5321 §4.2). */

export interface Reply {
  /** 200–599. */
  readonly code: number;
  /** All lines as they came, joined by `\n`, each with its code. */
  readonly text: string;
}

export interface ReplyReader {
  /**
   * Tells every reply that is complete, in order, up to the first thing that is none.
   * @returns what is wrong, when these octets cannot be replies; nothing more can be read then
   */
  read(chunk: Buffer): string | undefined;
  /** Tells the last reply of a relay that hung up before the end of its line, if it was a 4xx or 5xx. */
  end(): void;
}

export function createReplyReader(onReply: (reply: Reply) => void): ReplyReader {
  /** The unfinished line, an octet a character. */
  let open = '';
  /** The finished lines of an unfinished reply. */
  let lines = '';
  let code = '';
  let octets = 0;

  const tell = (): void => {
    const reply = { code: Number(code), text: decoded(lines) };
    lines = code = '';
    octets = 0;
    onReply(reply);
  };

  const takeLine = (line: string): string | undefined => {
    octets += line.length + 1;
    if (line.length > longestLine) return `a line of more than ${longestLine} octets`;
    if (octets > longestReply) return `a reply of more than ${longestReply} octets`;
    // Some relays put an empty line between replies.
    if (line === '' && code === '') return undefined;
    const [, digits, mark] = replyLine.exec(line) ?? [];
    if (digits === undefined) return `${shown(line)}, which is no reply`;
    if (code !== '' && code !== digits) return `${digits} in the middle of a ${code}`;
    code = digits;
    lines = lines === '' ? line : `${lines}\n${line}`;
    if (mark !== '-') tell();
    return undefined;
  };

  return {
    read(chunk) {
      const text = chunk.toString('latin1');
      let from = 0;
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
        const line = open + text.slice(from, at);
        open = '';
        from = at + 1;
        const fault = takeLine(line.endsWith('\r') ? line.slice(0, -1) : line);
        if (fault !== undefined) return fault;
      }
      open += text.slice(from);
      return open.length > longestLine + 1 ? `a line of more than ${longestLine} octets` : undefined;
    },
    end() {
      if (/^[45]\d\d /.test(open)) takeLine(open.trimEnd());
      open = '';
    },
  };
}

/** RFC 5321 §4.5.3.1.5 allows 512; some relays write more. */
const longestLine = 8 * 1024;
const longestReply = 64 * 1024;

const replyLine = /^([2-5]\d\d)(?:([ -])|$)/;

/** RFC 6531 §3.7.4.2 has UTF-8; what is not is shown octet by octet. */
function decoded(octets: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the question is exactly whether it is all ASCII
  if (/^[\x00-\x7f]*$/.test(octets)) return octets;
  const text = Buffer.from(octets, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? octets : text;
}

function shown(line: string): string {
  return JSON.stringify(line.slice(0, 40).replace(/[^\x20-\x7e]/g, '?'));
}
