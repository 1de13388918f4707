/** Making one copy: its edition, composed for its recipient, signed. What fails here is told by a value, not thrown. */

import type { Subscriber } from '../../subscribers/subscriber.ts';
import { toPaperboyError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Claim, ClaimedRow } from '../ledger/claims.ts';
import type { Settlement } from '../ledger/passage.ts';
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

/** A copy ready to be sent, or what its row is settled as instead. */
export type MadeCopy =
  | { readonly message: Message; readonly subscriber: Subscriber }
  | { readonly instead: Settlement };

/** An edition that cannot be rendered is a person's to mend: a wrong configuration, a missing key. */
const unrendered: MadeCopy = { instead: { to: 'deferred', reason: 'not-rendered', delayMs: 5 * 60_000 } };

/** Never rejects. @param subscriber null: erased since the issue was planned */
export async function makeCopy(
  deps: MakeCopyDeps,
  claim: Claim,
  row: ClaimedRow,
  subscriber: Subscriber | null,
): Promise<MadeCopy> {
  if (subscriber === null) return { instead: { to: 'suppressed', reason: 'forgotten' } };
  const edition = await editionFor(deps, claim, row);
  if (edition === 'failed') return unrendered;
  if (edition === null) return { instead: { to: 'skipped', reason: 'no-stories' } };
  const message = composeFor(deps, claim, row, subscriber, edition);
  if (typeof message === 'string') {
    return { instead: { to: 'rejected', reason: 'not-composed', reply: message } };
  }
  const signed = await signFor(deps, claim, message, edition.domain);
  return signed === 'failed' ? unrendered : { message: signed, subscriber };
}

/** @returns null when the recipient's preference set has no story today */
async function editionFor(
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
function composeFor(
  deps: MakeCopyDeps,
  { issue }: Claim,
  row: ClaimedRow,
  subscriber: Subscriber,
  edition: PreparedEdition,
): Message | string {
  try {
    return compose(edition, {
      ...deps.links.of(subscriber.sid, issue),
      address: subscriber.address,
      name: subscriber.name,
      sid: subscriber.sid,
      sendAt: row.sendAt * 1000,
      correlationHeader: deps.correlationHeader ?? null,
    });
  } catch (thrown) {
    const { code, message } = toPaperboyError(thrown);
    deps.log.error({ issue: issue.id, sid: row.sid, code, reason: message }, 'a copy could not be composed');
    return `${code}: ${message}`;
  }
}

/** Unsigned mail is not sent in place of signed mail: receivers take it for a forgery. */
async function signFor(
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
