/**
 * Bounces of subscribers' addresses: noted in the record, judged by the policy, and carried out in the script that
 * changes the record. A provisional suppression ends without a timer: publishing an issue lifts those that are over
 * before it looks who is eligible.
 */
import type { Redis } from 'ioredis';
import { keys } from '../src/redis/keys.ts';
import { parseAddress } from './address.ts';
import { countHard, countTried, type LaneAlarm, readAlarms } from './bounce-alarm.ts';
import {
  type BounceClass,
  type BounceDecision,
  isGone,
  judgeBounce,
  rememberAccepted,
} from './bounce-policy.ts';
import { changedAt } from './changes.ts';
import type { Dossier, DossierAfter, Dossiers } from './dossiers.ts';
import { parseRecord, type SubscriberRecord, withBounces } from './record.ts';
import { isOver, strongerOf } from './suppression.ts';

export interface Bounce {
  readonly class: BounceClass;
  /** The issue whose copy it was. */
  readonly issue: string;
  /** The lane of that copy. */
  readonly lane: string;
  /** What was said, in its own words: a suppression rests on it. */
  readonly evidence: string;
  /** When it was said, in milliseconds; default now. */
  readonly at?: number;
  /** When the copy was given to the relay, in milliseconds; default `at`. */
  readonly triedAt?: number;
}

export interface NotedBounce {
  /** What was decided, and done. `none` also of someone who is not there any more, or suppressed for good. */
  readonly decision: BounceDecision;
  /** `raised`, `on`: too many of this lane are said to be gone; it was noted, and nothing else was done. */
  readonly alarm: 'off' | 'raised' | 'on';
}

export interface Bounces {
  /** Also when Redis is full. Telling it again changes nothing, but counts again for the alarm. */
  noteBounce(sid: number, bounce: Bounce): Promise<NotedBounce>;
  /** Needed only of a subscriber that `hasBounced`; of any other it writes nothing. */
  noteAccepted(sid: number, issue: string): Promise<void>;
  /** Ends the provisional suppressions that are over, so that these addresses are tried once more. @returns how many */
  liftProvisional(): Promise<number>;
  /** Copies of a lane that a relay has answered for, whatever it said: the alarm is a share of them. */
  countTried(lane: string, copies: number): Promise<void>;
  /** The latest first. */
  bounceAlarms(): Promise<LaneAlarm[]>;
}

/** @param now milliseconds */
export function createBounces(redis: Redis, dossiers: Dossiers, now: () => number): Bounces {
  const iso = (at: number) => new Date(at).toISOString();

  /** @returns what `decide` gave for the dossiers, in their order; of those who are gone, nothing */
  const changeBySids = async (
    sids: readonly number[],
    decide: (record: SubscriberRecord, dossier: Dossier) => DossierAfter,
  ) => {
    if (sids.length === 0) return [];
    const texts = await redis.hmget(keys.subscribers, ...sids.map(String));
    const known = sids.flatMap((sid, at) => {
      const text = texts[at];
      return text ? [{ sid, identity: parseAddress(parseRecord(text).address).identity }] : [];
    });
    return await dossiers.change(
      known.map(({ identity }) => identity),
      (dossier, at) => {
        // Forgotten meanwhile, and perhaps someone new with the same address.
        const isSame = dossier.record !== null && dossier.sid === known[at]?.sid;
        return { after: isSame ? decide(dossier.record, dossier) : dossier, outcome: undefined };
      },
      { always: true },
    );
  };

  return {
    async noteBounce(sid, { class: found, issue, lane, evidence, at = now(), triedAt = at }) {
      const alarm = isGone({ class: found }) ? await countHard(redis, lane, triedAt, now()) : 'off';
      const fact = { at, class: found, issue, ...(alarm === 'off' ? {} : { isHeld: true as const }) };
      let decision: BounceDecision = { kind: 'none' };
      await changeBySids([sid], (record, dossier) => {
        decision = { kind: 'none' };
        if (dossier.suppression !== null && dossier.suppression.until === undefined) return dossier;
        const verdict = judgeBounce(record.bounces ?? [], fact);
        decision = verdict.decision;
        // A note leaves the date of change alone: nothing that a person sees has changed.
        const noted = withBounces(record, verdict.history);
        if (decision.kind === 'none') return { ...dossier, record: noted };
        if (decision.kind === 'pause') {
          return { ...dossier, record: changedAt(record, { ...noted, paused: true }, iso(now())) };
        }
        const suppression = strongerOf(dossier.suppression, {
          address: parseAddress(record.address).identity,
          reason: 'bounce',
          since: iso(now()),
          evidence,
          ...(decision.kind === 'provisional' ? { until: iso(decision.until) } : {}),
        });
        return { record: changedAt(record, { ...noted, suppressed: true }, iso(now())), suppression };
      });
      return { decision, alarm };
    },

    async noteAccepted(sid, issue) {
      await changeBySids([sid], (record, dossier) => {
        if (record.bounces === undefined) return dossier;
        const history = rememberAccepted(record.bounces, now(), issue);
        return { ...dossier, record: withBounces(record, history) };
      });
    },

    async liftProvisional() {
      const sids = (await redis.zrangebyscore(keys.provisional, 0, now())).map(Number);
      let lifted = 0;
      for (let first = 0; first < sids.length; first += batchSize) {
        const changed = await changeBySids(sids.slice(first, first + batchSize), (record, dossier) =>
          dossier.suppression !== null && isOver(dossier.suppression, now())
            ? { record: changedAt(record, { ...record, suppressed: false }, iso(now())), suppression: null }
            : dossier,
        );
        lifted += changed.filter(({ before, after }) => before.suppression && !after.suppression).length;
      }
      return lifted;
    },

    countTried: (lane, copies) => countTried(redis, lane, copies, now()),
    bounceAlarms: () => readAlarms(redis, now()),
  };
}

const batchSize = 500;
