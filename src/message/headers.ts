/** The header fields of an edition's copies: the part that is the same for all, and the few that are a recipient's. */

import { PaperboyError } from '../core/errors.ts';
import type { SlotValues } from '../render/rendered-edition.ts';
import {
  dateValue,
  domainOf,
  field,
  mailboxValue,
  phraseValue,
  textValue,
  unfoldedField,
} from './header-text.ts';
import type { SenderIdentity } from './sender-identity.ts';

/** The fields that all copies of an edition share, in the places where they stand between a recipient's own. */
export interface SharedHeaders {
  /** From, Reply-To. */
  readonly sender: string;
  readonly subject: string;
  /** MIME-Version, List-Id. */
  readonly list: string;
  /** List-Unsubscribe-Post. */
  readonly oneClick: string;
  /** Feedback-ID, Precedence, X-Auto-Response-Suppress, Content-Language. */
  readonly stream: string;
}

export interface RecipientHeaders extends SlotValues {
  readonly address: string;
  readonly name: string;
  readonly messageId: string;
  /** ms since the epoch. */
  readonly sendAt: number;
  /** Name of a field that repeats the local part of the Message-ID; none when absent. */
  readonly correlationHeader?: string | null;
}

export function sharedHeaders(sender: SenderIdentity, editionId: string, subject: string): SharedHeaders {
  const domain = domainOf(sender.from.address);
  return {
    sender:
      field('From', mailboxValue(sender.from.name, sender.from.address)) +
      (sender.replyTo === undefined ? '' : field('Reply-To', mailboxValue('', sender.replyTo))),
    subject: field('Subject', textValue(subject)),
    list: field('MIME-Version', '1.0') + field('List-Id', listIdValue(sender, domain)),
    oneClick: field('List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'),
    stream:
      unfoldedField(
        'Feedback-ID',
        `${sender.issue}:${editionId}:${sender.newsletter}:${senderIdOf(domain)}`,
      ) +
      field('Precedence', 'list') +
      field('X-Auto-Response-Suppress', 'All') +
      field('Content-Language', sender.language),
  };
}

/**
 * All fields of one copy but Content-Type and Content-Transfer-Encoding.
 *
 * List-Unsubscribe (RFC 2369 §3.2) with its one-click companion (RFC 8058 §3.1) names no `mailto:`, because nothing
 * reads mail yet. List-Help points to the recipient's preferences, which explain what can be changed.
 */
export function headersOf(shared: SharedHeaders, recipient: RecipientHeaders): string {
  return (
    shared.sender +
    field('To', mailboxValue(recipient.name, recipient.address)) +
    shared.subject +
    field('Date', dateValue(recipient.sendAt)) +
    unfoldedField('Message-ID', recipient.messageId) +
    correlation(recipient) +
    shared.list +
    unfoldedField('List-Unsubscribe', `<${urlValue(recipient.unsubscribeUrl)}>`) +
    shared.oneClick +
    unfoldedField('List-Help', `<${urlValue(recipient.preferencesUrl)}>`) +
    shared.stream
  );
}

function correlation({ correlationHeader, messageId }: RecipientHeaders): string {
  if (!correlationHeader) return '';
  return unfoldedField(correlationHeader, messageId.slice(1, messageId.indexOf('@')));
}

const maxUrlLength = 500;

/** RFC 2919 §3: an identifier under our own domain, which stays while the name may change. */
function listIdValue(sender: SenderIdentity, domain: string): string {
  const phrase = phraseValue(sender.newsletterName);
  const id = `<${sender.newsletter}.${domain}>`;
  return phrase === '' ? id : `${phrase} ${id}`;
}

/** The last part of a Feedback-ID must be 5 to 15 characters and stay the same for all our mail. */
function senderIdOf(domain: string): string {
  return domain
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 15)
    .padEnd(5, '0');
}

/** A `>` or a comma would end the URL early (RFC 2369 §2); a break would start a field. */
function urlValue(url: string): string {
  if (/^https?:\/\/[!-+\--;=?-~]+$/.test(url) && url.length <= maxUrlLength) return url;
  throw new PaperboyError('message-invalid', `a URL of ${url.length} characters cannot stand in a header`, {
    hint: `Expected http or https, printable ASCII without < > and commas, at most ${maxUrlLength} characters.`,
  });
}
