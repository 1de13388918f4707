/** What paces one worker, put together: pools of connections, permits, and what Redis knows of relays and lanes. */
import type { Logger } from '../core/log.ts';
import { type Aside, createAside } from '../pacing/aside.ts';
import type { Lanes } from '../pacing/lanes.ts';
import { createPacing, type PacingDeps } from '../pacing/pacing.ts';
import { createPermits, type Permits } from '../pacing/permits.ts';
import { errorOf } from '../redis/failures.ts';
import { keys } from '../redis/keys.ts';
import { createConnectionPool, type PoolOptions } from './connections.ts';
import { createLaneSlots, type LaneSlots } from './lane-slots.ts';
import type { OpenRelay } from './open-relays.ts';
import { createPacer, type Pacer } from './pacer.ts';

export interface Pace {
  readonly pacer: Pacer;
  readonly slots: LaneSlots;
  readonly aside: Aside;
  /** How many pages are worked on at once: those of limited lanes wait more than they send. */
  readonly jobs: number;
  close(): Promise<void>;
}

export interface PaceDeps {
  readonly ledger: Pick<PacingDeps, 'redis' | 'now'>;
  readonly lanes: Lanes;
  readonly log: Logger;
  /** In [0, 1). */
  random(): number;
}

/** Jobs beyond the connections, for limited lanes that wait for their next slot. */
const waitingJobs = 8;

export async function openPace(deps: PaceDeps, relays: readonly OpenRelay[]): Promise<Pace> {
  const { ledger, lanes, log, random } = deps;
  const pacing = createPacing({ ...ledger, lanes, relays });
  await pacing.register();
  const permits = createPermits({
    ...ledger,
    onError: (error) => log.warn({ reason: errorOf(error).message }, 'permits could not be renewed'),
  });
  const sending = relays.map((relay) => ({
    name: relay.name,
    profile: relay.profile,
    pool: createConnectionPool({ ...relay, ...sharedPermits(permits, relay) }),
  }));
  const connections = Math.max(...relays.map((relay) => relay.connections));
  const slots = createLaneSlots(connections);
  return {
    pacer: createPacer({ pacing, permits, lanes, slots, relays: sending, log, random }),
    slots,
    aside: createAside(ledger),
    jobs: connections + waitingJobs,
    close: async () => {
      await Promise.all(sending.map(({ pool }) => pool.close()));
      await permits.close();
    },
  };
}

function sharedPermits(permits: Permits, { id, maxConnections }: OpenRelay): Pick<PoolOptions, 'permits'> {
  if (maxConnections === undefined) return {};
  const key = keys.permits('relay', id);
  return {
    permits: {
      take: () => permits.take(key, maxConnections),
      giveBack: (holder) => permits.giveBack(key, holder),
    },
  };
}
