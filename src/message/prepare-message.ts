/** What all copies of an edition share, made once: header fields, and the bodies ready to take a recipient's values. */
import { createHash } from 'node:crypto';
import { mapTexts, type RenderedEdition } from '../render/rendered-edition.ts';
import { canonicalLines } from './body.ts';
import { domainOf } from './header-text.ts';
import { type SharedHeaders, sharedHeaders } from './headers.ts';
import type { SenderIdentity } from './sender-identity.ts';
import { createStencil, type Stencil } from './stencil.ts';
import { createVerp } from './verp.ts';

export interface PreparedEdition {
  readonly sender: SenderIdentity;
  /** The domain of From: that of Message-ID and envelope sender too. */
  readonly domain: string;
  /** The envelope sender of a subscriber's copy. */
  readonly envelopeSender: (sid: number) => string;
  readonly headers: SharedHeaders;
  readonly format: 'html' | 'text';
  /** Line ends are CRLF. */
  readonly text: Stencil;
  /** Line ends are CRLF; empty when the format is `text`. */
  readonly html: Stencil;
  /** Holds `=_`, which no line of base64 can (RFC 2045 §6.7), so no content holds it. */
  readonly boundary: string;
}

/** Prefixes of the subject of a marked test copy. */
export const testMarks = { zh: '【测试】', en: '[TEST] ' } as const;

/** @param options.subjectPrefix stands before the subject as it is, e.g. one of `testMarks` */
export function prepareEdition(
  rendered: RenderedEdition,
  sender: SenderIdentity,
  options: { readonly subjectPrefix?: string } = {},
): PreparedEdition {
  const subject = (options.subjectPrefix ?? '') + rendered.subject;
  const domain = domainOf(sender.from.address);
  return {
    sender,
    domain,
    envelopeSender: createVerp(sender.messageIdKey, sender.issue, domain),
    headers: sharedHeaders(sender, rendered.editionId, subject),
    format: rendered.format,
    text: createStencil(mapTexts(rendered.text, canonicalLines)),
    html: createStencil(mapTexts(rendered.html, canonicalLines)),
    boundary: `=_${createHash('sha256').update(`${sender.issue}\n${rendered.editionId}`).digest('hex').slice(0, 24)}`,
  };
}
