/** The subscriber pages' desk over the real store: signed tokens in, durable changes out. */

import type { SubscriberStore } from '../../subscribers/store.ts';
import { type TokenKeys, verifyToken } from '../../subscribers/tokens.ts';
import type { Clock } from '../core/clock.ts';
import { PaperboyError } from '../core/errors.ts';
import type { LeaveLog } from '../delivery/leave-log.ts';
import type { SubscriberDesk } from './subscriber-desk.ts';

export interface StoreDeskDeps {
  readonly subscribers: Pick<
    SubscriberStore,
    'get' | 'changePreferences' | 'pause' | 'resume' | 'leave' | 'rejoin'
  >;
  readonly tokenKeys: TokenKeys;
  readonly leaveLog: Pick<LeaveLog, 'note'>;
  readonly clock: Clock;
}

/** What a subscriber agrees to on the page when they come back. */
const rejoinConsent = 'rejoined on the unsubscribe page';

export function createStoreDesk({ subscribers, tokenKeys, leaveLog, clock }: StoreDeskDeps): SubscriberDesk {
  return {
    verify: (purpose, token) => {
      try {
        const { sid, newsletter } = verifyToken(tokenKeys, purpose, token);
        return { sid, newsletter };
      } catch (error) {
        if (error instanceof PaperboyError && error.code === 'token-invalid') return null;
        throw error;
      }
    },
    get: async (sid) => await subscribers.get(sid),
    changePreferences: async (sid, choice) => {
      await subscribers.changePreferences(sid, choice);
    },
    pause: async (sid) => {
      await subscribers.pause(sid);
    },
    resume: async (sid) => {
      await subscribers.resume(sid);
    },
    leave: async (sid, newsletter) => {
      const at = new Date(clock()).toISOString();
      try {
        await unlessForgotten(subscribers.leave(sid, newsletter));
      } catch (error) {
        // A refusal of ours stays one; when Redis does not answer, the wish is kept on disk until it does.
        if (error instanceof PaperboyError && error.retry === 'never') throw error;
        await leaveLog.note({ sid, newsletter, at });
      }
    },
    rejoin: async (sid, newsletter) => {
      const back = await unlessForgotten(subscribers.rejoin(sid, newsletter, rejoinConsent));
      return back !== null && back.state !== 'suppressed';
    },
  };
}

/** Whoever was forgotten has left already. */
async function unlessForgotten<Result>(change: Promise<Result>): Promise<Result | null> {
  try {
    return await change;
  } catch (error) {
    if (error instanceof PaperboyError && error.code === 'subscriber-unknown') return null;
    throw error;
  }
}
