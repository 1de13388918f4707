/** What a relay's answer says of an address: noted, so that addresses that are gone are not mailed again. */

import type { SubscriberStore } from '../../subscribers/store.ts';
import type { Subscriber } from '../../subscribers/subscriber.ts';
import { toPaperboyError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Lanes } from '../pacing/lanes.ts';
import { evidenceOf } from '../transport/replies.ts';
import type { SendOutcome } from '../transport/transport.ts';
import { insist } from './insist.ts';

export interface NoteBounceDeps {
  readonly subscribers: Pick<SubscriberStore, 'noteBounce' | 'noteAccepted'>;
  readonly lanes: Pick<Lanes, 'of'>;
  readonly log: Logger;
}

/** Never rejects: a note that cannot be made is no reason to stop a send. */
export async function noteBounce(
  deps: NoteBounceDeps,
  issue: string,
  subscriber: Subscriber,
  outcome: SendOutcome,
): Promise<void> {
  const where = { issue, sid: subscriber.sid, lane: deps.lanes.of(subscriber.address) };
  try {
    if (outcome.type === 'refused') await noteRefusal(deps, where, outcome);
    else if (outcome.type === 'accepted' && subscriber.hasBounced) {
      await insist(deps.log, where, () => deps.subscribers.noteAccepted(subscriber.sid, issue));
    }
  } catch (error) {
    deps.log.error({ ...where, reason: toPaperboyError(error).message }, 'a bounce could not be noted');
  }
}

async function noteRefusal(
  { subscribers, log }: NoteBounceDeps,
  where: { readonly issue: string; readonly sid: number; readonly lane: string },
  { refusal }: Extract<SendOutcome, { type: 'refused' }>,
): Promise<void> {
  const evidence = evidenceOf(refusal);
  if (evidence === null) return;
  const bounce = { class: evidence, issue: where.issue, lane: where.lane, evidence: refusal.reply };
  const { alarm } = await insist(log, where, () => subscribers.noteBounce(where.sid, bounce));
  if (alarm === 'raised') {
    log.error({ lane: where.lane }, 'too many addresses are said to be gone: suppressions are held back');
  }
}
