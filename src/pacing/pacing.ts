/** Permits to send, of relays and lanes, shared by all workers through Redis; and what replies teach about both. */
import type { Redis } from 'ioredis';
import { keys } from '../redis/keys.ts';
import type { Lanes } from './lanes.ts';
import { noteScript, takeScript } from './pacing-scripts.ts';

export interface PacingDeps {
  readonly redis: Redis;
  /** Only for tests: milliseconds to take instead of Redis' own time. */
  readonly now?: () => number;
  readonly lanes: Lanes;
  /** In order: the first is preferred. */
  readonly relays: readonly PacedRelay[];
}

export interface PacedRelay {
  /** Part of Redis keys. */
  readonly id: string;
  /** For people, without a password. */
  readonly name: string;
  /** Messages a minute, of all workers together; absent: only what replies teach. */
  readonly perMinute?: number;
}

/** Permits for copies of one lane through one relay. */
export interface Grant {
  readonly lane: string;
  /** Index in `relays`. */
  readonly relay: number;
  /** How many copies, at least one. */
  readonly copies: number;
  /** Milliseconds until the first may go, and between two. */
  readonly startsInMs: number;
  readonly spacingMs: number;
  /** Whether the lane is limited. */
  readonly isLimited: boolean;
  /** The relay's limit is being measured: note each copy as soon as it is accepted. */
  readonly isCounted: boolean;
}

/** Nothing may be sent now. */
export interface Refused {
  /** Ask again after this. */
  readonly waitMs: number;
  /** `lane`: the lane is held or its rate used up; `rate`: the relay's rate is used up; `relay`: every relay is left alone. */
  readonly because: 'lane' | 'rate' | 'relay';
  readonly isLimited: boolean;
}

/** What a reply, or the lack of one, says about the pace. */
export type PacingEvent = 'relay-rate' | 'lane-rate' | 'verdict' | 'unwell' | 'failed';

export interface Note {
  /** Copies accepted since the last note. */
  readonly accepted: number;
  /** Whether the relay answered for any copy since the last note. */
  readonly isAnswered: boolean;
  /** Permits that no copy will use. */
  readonly unused: number;
  readonly event?: PacingEvent;
  /** In [0, 1): spreads how long a relay is left alone. */
  readonly random: number;
}

export interface Noted {
  /** How long the relay is left alone; 0: it is not. */
  readonly relayHeldMs: number;
  readonly laneHeldMs: number;
  /** Whether this note held the lane: someone should be told. */
  readonly isLaneHeldNow: boolean;
}

export interface Pacing {
  /** Permits for at most `want` copies of a lane, through the first relay that may be used. */
  take(lane: string, want: number): Promise<Grant | Refused>;
  note(grant: Pick<Grant, 'lane' | 'relay'>, note: Note): Promise<Noted>;
  /** Writes down what is configured, for `status` and `doctor`. */
  register(): Promise<void>;
}

export function isGranted(answer: Grant | Refused): answer is Grant {
  return 'copies' in answer;
}

export function createPacing(deps: PacingDeps): Pacing {
  const { redis, lanes, relays } = deps;
  const now = () => deps.now?.() ?? 0;
  const rateOf = ({ perMinute }: { readonly perMinute?: number }) => (perMinute ?? 0) / 60;
  return {
    take: async (lane, want) => {
      const reply = await takeScript.run(
        redis,
        [keys.pacedLane(lane), ...relays.map(({ id }) => keys.pacedRelay(id))],
        [now(), want, rateOf(lanes.limitsOf(lane)), ...relays.map(rateOf)],
      );
      const [relay, copies, waitMs, spacingMs, limited, because, counted] = reply as string[];
      const isLimited = limited === '1';
      if (relay === '0') return { waitMs: Number(waitMs), because: because as Refused['because'], isLimited };
      return {
        lane,
        relay: Number(relay) - 1,
        copies: Number(copies),
        startsInMs: Number(waitMs),
        spacingMs: Number(spacingMs),
        isLimited,
        isCounted: counted === '1',
      };
    },
    note: async ({ lane, relay: index }, { accepted, isAnswered, unused, event, random }) => {
      const relay = relays[index];
      if (relay === undefined) throw new RangeError(`there is no relay ${index}`);
      const reply = await noteScript.run(
        redis,
        [keys.pacedLane(lane), keys.pacedRelay(relay.id), keys.paced],
        [
          now(),
          rateOf(lanes.limitsOf(lane)),
          rateOf(relay),
          accepted,
          isAnswered ? 1 : 0,
          unused,
          event ?? '',
          random,
          lane,
        ],
      );
      const [relayHeldMs, laneHeldMs, isHeldNow] = reply as string[];
      return {
        relayHeldMs: Number(relayHeldMs),
        laneHeldMs: Number(laneHeldMs),
        isLaneHeldNow: isHeldNow === '1',
      };
    },
    register: async () => {
      const before = await redis.hkeys(keys.paced);
      const fields: Record<string, string> = {};
      for (const field of before.filter((name) => name.startsWith('lane '))) fields[field] = '{}';
      for (const lane of lanes.limited) {
        fields[`lane ${lane}`] = JSON.stringify({ perMinute: lanes.limitsOf(lane).perMinute });
      }
      for (const { id, name, perMinute } of relays)
        fields[`relay ${id}`] = JSON.stringify({ name, perMinute });
      const gone = before.filter((name) => !(name in fields));
      if (gone.length > 0) await redis.hdel(keys.paced, ...gone);
      if (Object.keys(fields).length > 0) await redis.hset(keys.paced, fields);
    },
  };
}
