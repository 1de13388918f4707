/** Where pacing stands, for `status` and `doctor`: relays with their breakers, and lanes that are slowed or held. */
import type { Redis } from 'ioredis';
import { keys } from '../redis/keys.ts';

export interface LaneState {
  readonly lane: string;
  /** Configured, or learnt; absent: nothing limits it but a hold. */
  readonly perMinute?: number;
  /** ISO 8601. */
  readonly heldUntil?: string;
  /** `configured`; `rate`: replies said we were too fast; `verdict`: they said spam, policy or missing authentication. */
  readonly reason: 'configured' | 'rate' | 'verdict';
}

export interface RelayState {
  readonly relay: string;
  /** `open`: left alone until `heldUntil`; `trial`: the next copy tells whether it is well again. */
  readonly state: 'closed' | 'open' | 'trial';
  readonly perMinute?: number;
  /** ISO 8601. */
  readonly heldUntil?: string;
}

export interface PacingState {
  readonly relays: readonly RelayState[];
  /** Only those that are limited. */
  readonly lanes: readonly LaneState[];
}

/** @param now milliseconds since the epoch, by Redis' clock */
export async function readPacing(redis: Redis, now: number): Promise<PacingState> {
  const paced = Object.entries(await redis.hgetall(keys.paced)).sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
  const relays: RelayState[] = [];
  const lanes: LaneState[] = [];
  for (const [field, json] of paced) {
    const [kind, id = ''] = field.split(' ');
    const { name = id, perMinute } = JSON.parse(json) as Described;
    const hash = await redis.hgetall(kind === 'relay' ? keys.pacedRelay(id) : keys.pacedLane(id));
    if (kind === 'relay') relays.push(relayState(name, perMinute, hash, now));
    else {
      const state = laneState(id, perMinute, hash, now);
      if (state !== null) lanes.push(state);
    }
  }
  return { relays, lanes };
}

interface Described {
  readonly name?: string;
  readonly perMinute?: number;
}

type Hash = Readonly<Record<string, string>>;

function relayState(relay: string, configured: number | undefined, hash: Hash, now: number): RelayState {
  const openUntil = Number(hash.open_until ?? 0);
  const state = openUntil > now ? 'open' : Number(hash.opens ?? 0) > 0 ? 'trial' : 'closed';
  return {
    relay,
    state,
    ...rateOf(configured, hash),
    ...(state === 'open' ? { heldUntil: new Date(openUntil).toISOString() } : {}),
  };
}

function laneState(lane: string, configured: number | undefined, hash: Hash, now: number): LaneState | null {
  const heldUntil = Number(hash.held_until ?? 0);
  const isHeld = heldUntil > now;
  const rate = rateOf(configured, hash);
  if (!isHeld && rate.perMinute === undefined) return null;
  const learnt = isHeld || Number(hash.rate ?? 0) > 0;
  return {
    lane,
    ...rate,
    ...(isHeld ? { heldUntil: new Date(heldUntil).toISOString() } : {}),
    reason: !learnt ? 'configured' : isHeld && hash.reason === 'verdict' ? 'verdict' : 'rate',
  };
}

function rateOf(configured: number | undefined, { rate = '0' }: Hash): { readonly perMinute?: number } {
  const learnt = Number(rate) * 60;
  if (learnt > 0) return { perMinute: Math.round(learnt * 10) / 10 };
  return configured === undefined ? {} : { perMinute: configured };
}
