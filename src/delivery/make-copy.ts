/** Making one copy: its edition, composed for its recipient, signed. What fails here is told by a value, not thrown. */

import type { Subscriber } from '../../subscribers/subscriber.ts';
import { toPaperboyError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Claim, ClaimedRow } from '../ledger/claims.ts';
import { compose } from '../message/compose.ts';
import type { Message } from '../message/message.ts';
import type { PreparedEdition } from '../message/prepare-message.ts';
import type { EditionSource } from './edition-source.ts';
import type { Links } from './links.ts';
import type { Signers } from './signers.ts';

export interface MakeCopyDeps {
  readonly editions: EditionSource;
  readonly links: Pick<Links, 'of'>;
  readonly signers: Pick<Signers, 'sign'>;
  readonly log: Logger;
  /** A field that reports of the relay quote; absent: the Message-ID is enough. */
  readonly correlationHeader?: string | null;
}

/** @returns null when the recipient's preference set has no story today */
export async function editionFor(
  deps: MakeCopyDeps,
  { issue }: Claim,
  row: ClaimedRow,
): Promise<PreparedEdition | null | 'failed'> {
  try {
    return await deps.editions.get(issue, row.preferenceSet);
  } catch (thrown) {
    const { code, message } = toPaperboyError(thrown);
    deps.log.error({ issue: issue.id, code, reason: message }, 'an edition could not be rendered');
    return 'failed';
  }
}

/** @returns the message, or why it cannot be made for this recipient */
export function composeFor(
  deps: MakeCopyDeps,
  { issue }: Claim,
  row: ClaimedRow,
  subscriber: Subscriber,
  edition: PreparedEdition,
): Message | string {
  try {
    return compose(edition, {
      address: subscriber.address,
      name: subscriber.name,
      sid: subscriber.sid,
      sendAt: row.sendAt * 1000,
      correlationHeader: deps.correlationHeader ?? null,
      ...deps.links.of(subscriber.sid, issue),
    });
  } catch (thrown) {
    const { code, message } = toPaperboyError(thrown);
    deps.log.error({ issue: issue.id, sid: row.sid, code, reason: message }, 'a copy could not be composed');
    return `${code}: ${message}`;
  }
}

/** Unsigned mail is not sent in place of signed mail: receivers take it for a forgery. */
export async function signFor(
  deps: MakeCopyDeps,
  { issue }: Claim,
  message: Message,
  domain: string,
): Promise<Message | 'failed'> {
  try {
    return await deps.signers.sign(message, domain);
  } catch (thrown) {
    const { code, message: reason } = toPaperboyError(thrown);
    deps.log.error({ issue: issue.id, code, reason }, 'a copy could not be signed');
    return 'failed';
  }
}
