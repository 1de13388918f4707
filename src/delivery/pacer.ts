/**
 * The pace of one worker: before each claim it takes permits of the lane and of the first relay that may be used, spaces
 * the copies, and tells afterwards what the relay said.
 */
import { setTimeout } from 'node:timers/promises';
import { toPaperboyError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Lanes } from '../pacing/lanes.ts';
import {
  type Grant,
  isGranted,
  type Noted,
  type Pacing,
  type PacingEvent,
  type Refused,
} from '../pacing/pacing.ts';
import type { Permits } from '../pacing/permits.ts';
import { keys } from '../redis/keys.ts';
import type { RelayProfile } from '../transport/relay-profile.ts';
import { type Connection, isConnection, type SendOutcome } from '../transport/transport.ts';
import type { ConnectionPool, Connections } from './connections.ts';
import type { LaneSlots } from './lane-slots.ts';
import { paceOf } from './pace-of.ts';
import { reconnectDelayMs } from './retry-schedule.ts';
import type { Stop } from './stop.ts';

export interface SendingRelay {
  /** For people. */
  readonly name: string;
  readonly pool: ConnectionPool;
  readonly profile: RelayProfile;
}

export interface PacerDeps {
  readonly pacing: Pick<Pacing, 'take' | 'note'>;
  readonly permits: Permits;
  readonly lanes: Pick<Lanes, 'limitsOf'>;
  readonly slots: LaneSlots;
  /** In the order in which pacing knows them. */
  readonly relays: readonly SendingRelay[];
  readonly log: Logger;
  /** In [0, 1). */
  random(): number;
}

/** The pace of one claim; close it, whatever happens. */
export interface PacedClaim extends Connections {
  /** How many copies it may take. */
  readonly copies: number;
  readonly correlationHeader: string | null;
  /** Waits until the copy at this place (from 0) may go. @returns false when the signal came first */
  turn(position: number, signal: AbortSignal): Promise<boolean>;
  /** Gives back the permits of copies that were not tried. */
  close(): Promise<void>;
}

export interface Pacer {
  begin(lane: string, want: number): Promise<PacedClaim | Refused>;
}

/** Where there is another relay, what is left of a claim is tried through it after this. */
const failOverMs = 1_000;

/** A lane whose copies under way are as many as may be is asked for again after this. */
const permitPauseMs = 200;

export function createPacer(deps: PacerDeps): Pacer {
  return {
    begin: async (lane, want) => {
      const { connections } = deps.lanes.limitsOf(lane);
      const key = keys.permits('lane', lane);
      const holder = connections === undefined ? null : await deps.permits.take(key, connections);
      if (connections !== undefined && holder === null) {
        deps.slots.learn(lane, 0);
        return { waitMs: permitPauseMs, because: 'lane', isLimited: true };
      }
      const free = async (): Promise<void> => {
        if (holder !== null) await deps.permits.giveBack(key, holder);
      };
      const answer = await deps.pacing.take(lane, holder === null ? want : Math.min(want, copiesOfPermit));
      deps.slots.learn(lane, rateToLearn(answer, connections));
      if (isGranted(answer)) return pacedClaim(deps, answer, free);
      await free();
      return answer;
    },
  };
}

/** A lane that counts its copies under way shares them among workers more often. */
const copiesOfPermit = 10;

function rateToLearn(answer: Grant | Refused, connections: number | undefined): number | null {
  if (!answer.isLimited && connections === undefined) return null;
  if (!isGranted(answer)) return 0;
  // Four jobs for each connection it may have, as `learn` counts them.
  return answer.spacingMs > 0 ? 1000 / answer.spacingMs : (connections ?? 1) * 4;
}

function pacedClaim(deps: PacerDeps, grant: Grant, free: () => Promise<void>): PacedClaim {
  const relay = deps.relays[grant.relay];
  if (relay === undefined) throw new RangeError(`there is no relay ${grant.relay}`);
  const beganAt = performance.now();
  let tried = 0;
  let accepted = 0;
  let isAnswered = false;
  let hasTold = false;
  // Kept until the claim is closed: nobody else's copy passes a gate on it before the last of these is settled.
  let own: Connection | undefined;
  const takeKept = (): Connection | undefined => {
    const kept = own;
    own = undefined;
    return kept;
  };

  const tell = async (unused: number, event?: PacingEvent): Promise<Noted> => {
    const note = { accepted, isAnswered, unused, random: deps.random(), ...(event ? { event } : {}) };
    accepted = 0;
    isAnswered = false;
    hasTold = true;
    try {
      return await deps.pacing.note(grant, note);
    } catch (error) {
      deps.log.warn({ reason: toPaperboyError(error).message }, 'the pace could not be noted');
      return { relayHeldMs: 0, laneHeldMs: 0, isLaneHeldNow: false };
    }
  };
  const failed = async (event: 'unwell' | 'failed'): Promise<Noted & { readonly waitMs: number }> => {
    const noted = await tell(0, event);
    if (noted.relayHeldMs > 0) {
      deps.log.warn({ relay: relay.name, seconds: Math.round(noted.relayHeldMs / 1000) }, 'relay left alone');
    }
    const own = noted.relayHeldMs > 0 ? noted.relayHeldMs : reconnectDelayMs(1, deps.random());
    return { ...noted, waitMs: deps.relays.length > 1 ? failOverMs : own };
  };

  return {
    copies: grant.copies,
    correlationHeader: relay.profile.correlationHeader,
    turn: async (position, signal) => {
      const waitMs = grant.startsInMs + position * grant.spacingMs - (performance.now() - beganAt);
      if (!(await passes(waitMs, signal))) return false;
      tried = position + 1;
      return true;
    },
    acquire: async () => {
      const kept = takeKept();
      if (kept?.usable) return { connection: kept };
      if (kept) relay.pool.release(kept);
      const opened = await relay.pool.acquire();
      if (isConnection(opened)) return { connection: opened };
      const event = paceOf(opened, relay.profile) === 'unwell' ? 'unwell' : 'failed';
      return { failure: opened, waitMs: (await failed(event)).waitMs };
    },
    release: (connection) => {
      own = connection;
    },
    note: async (outcome) => {
      if (outcome.type === 'accepted') accepted++;
      const event = paceOf(outcome, relay.profile);
      if (outcome.type !== 'withheld' && event !== 'failed' && event !== 'unwell') isAnswered = true;
      if (event === null) {
        if (grant.isCounted && accepted > 0) await tell(0);
        return null;
      }
      if (event === 'failed' || event === 'unwell') return stopOf(outcome, await failed(event));
      const noted = await tell(0, event);
      if (noted.isLaneHeldNow) tellHeld(deps, grant.lane, noted, outcome);
      if (event === 'verdict' && noted.laneHeldMs === 0) return null;
      return { delayMs: 0, reason: 'none', goesOn: true };
    },
    close: async () => {
      const unused = grant.copies - tried;
      const kept = takeKept();
      if (kept) relay.pool.release(kept);
      // Also when there is nothing to tell: a relay on trial would wait for it.
      if (!hasTold || accepted > 0 || isAnswered || unused > 0) await tell(unused);
      await free();
    },
  };
}

/** After a dot without an answer the connection may be the only thing that was wrong. */
function stopOf(
  outcome: SendOutcome,
  { relayHeldMs, waitMs }: { relayHeldMs: number; waitMs: number },
): Stop | null {
  if (outcome.type === 'unknown' && relayHeldMs === 0) return null;
  return { delayMs: waitMs, reason: 'connection-failed' };
}

function tellHeld({ log }: PacerDeps, lane: string, { laneHeldMs }: Noted, outcome: SendOutcome): void {
  const reply = outcome.type === 'refused' ? outcome.refusal.reply : '';
  log.error(
    { lane, minutes: Math.round(laneHeldMs / 60_000), reply },
    'a provider refuses our mail for what it thinks of us: its lane is held',
  );
}

/** @returns false when the signal came first */
export async function passes(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  if (ms < 1) return true;
  await setTimeout(ms, undefined, { signal }).catch(() => {});
  return !signal.aborted;
}
