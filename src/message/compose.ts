/** The message of one recipient (RFC 5322, RFC 2045, RFC 2046), from what all copies of its edition share. */
import { escapeHtml, type SlotValues } from '../render/rendered-edition.ts';
import { type Chunk, inPieces } from './body.ts';
import { addressValue } from './header-text.ts';
import { headersOf } from './headers.ts';
import { type Message, messageOfPieces } from './message.ts';
import { messageIdOf } from './message-id.ts';
import type { PreparedEdition } from './prepare-message.ts';
import { fillStencil } from './stencil.ts';

export interface Recipient extends SlotValues {
  readonly address: string;
  /** Empty when unknown. */
  readonly name: string;
  /** 0 for a test copy, which belongs to nobody. */
  readonly sid: number;
  /** The row's send time, ms since the epoch: the Date of every attempt. */
  readonly sendAt: number;
  /** Name of a field that repeats the id of the Message-ID, for relays that give messages one of their own. */
  readonly correlationHeader?: string | null;
}

/**
 * @throws PaperboyError `address-invalid` when the address cannot stand in a header, `message-invalid` when a URL
 * cannot
 */
export function compose(prepared: PreparedEdition, recipient: Recipient): Message {
  const { sender, domain } = prepared;
  const messageId = messageIdOf(sender.messageIdKey, sender.issue, recipient.sid, domain);
  const envelope = {
    from: prepared.envelopeSender(recipient.sid),
    to: addressValue(recipient.address),
  };
  const headers = headersOf(prepared.headers, { ...recipient, messageId });
  return messageOfPieces(envelope, messageId, inPieces([headers, ...bodyOf(prepared, recipient)]));
}

/** Content-Type to the end. */
function bodyOf({ format, text, html, boundary }: PreparedEdition, values: SlotValues): Chunk[] {
  const plain = [partHead('plain'), ...fillStencil(text, values)];
  if (format === 'text') return plain;
  // Plain text first: a reader shows the last part it can (RFC 2046 §5.1.4).
  return [
    `Content-Type: multipart/alternative; boundary="${boundary}"\r\n\r\n--${boundary}\r\n`,
    ...plain,
    `--${boundary}\r\n${partHead('html')}`,
    ...fillStencil(html, values, escapeHtml),
    `--${boundary}--\r\n`,
  ];
}

function partHead(subtype: 'plain' | 'html'): string {
  return `Content-Type: text/${subtype}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n`;
}
