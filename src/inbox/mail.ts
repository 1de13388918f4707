/** A mail of the inbox as people look at it: its summary for lists, its parts for reading (RFC 5322, RFC 2045). */
import PostalMime from 'postal-mime';

export interface Envelope {
  /** MAIL FROM; empty for the null sender of RFC 5321 §4.5.5. */
  readonly from: string;
  /** RCPT TO, in the order given. */
  readonly to: readonly string[];
}

/** What a list shows of a mail. */
export interface InboxMail {
  /** Sorts by arrival; letters and digits only. */
  readonly id: string;
  /** ISO 8601 */
  readonly receivedAt: string;
  readonly envelope: Envelope;
  /** The From header as people read it, `Name <address>`; the envelope's sender when there is none. */
  readonly from: string;
  /** The envelope's recipients: who got it, whatever the header says. */
  readonly to: readonly string[];
  /** Decoded; empty when the mail has none. */
  readonly subject: string;
  /** Bytes of the mail as it arrived. */
  readonly size: number;
}

export interface MailParts {
  /** Absent when the mail has no such part. */
  readonly html?: string;
  readonly text?: string;
  /** In document order, unfolded, otherwise as they came: RFC 2047 words are not decoded. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly attachments: readonly { readonly name: string; readonly type: string; readonly size: number }[];
}

/** From and Subject, read from the header section alone: bodies are not decoded on arrival. Never throws. */
export async function readHead(source: Buffer): Promise<{ readonly from: string; readonly subject: string }> {
  try {
    const mail = await PostalMime.parse(source.subarray(0, endOfHead(source)));
    const { name = '', address = '' } = mail.from ?? {};
    return { from: name && address ? `${name} <${address}>` : name || address, subject: mail.subject ?? '' };
  } catch {
    return { from: '', subject: '' };
  }
}

/** @throws whatever postal-mime finds too deep or too large */
export async function parseMail(source: Buffer): Promise<MailParts> {
  const mail = await PostalMime.parse(source);
  return {
    ...(mail.html === undefined ? {} : { html: mail.html }),
    ...(mail.text === undefined ? {} : { text: mail.text }),
    headers: mail.headers.map((header) => ({ name: header.originalKey, value: header.value })),
    attachments: mail.attachments.map((attachment) => ({
      name: attachment.filename ?? '',
      type: attachment.mimeType,
      size:
        typeof attachment.content === 'string' ? attachment.content.length : attachment.content.byteLength,
    })),
  };
}

/** Offset of the empty line that ends the header section; the whole length when there is none. */
function endOfHead(source: Buffer): number {
  const crlf = source.indexOf('\r\n\r\n');
  const lf = source.indexOf('\n\n');
  const ends = [crlf, lf].filter((at) => at >= 0);
  return ends.length === 0 ? source.length : Math.min(...ends) + 2;
}
