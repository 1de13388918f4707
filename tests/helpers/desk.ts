/** A send in this process over a real Redis: store, ledger, editions and a scripted stub relay; no BullMQ, no clock. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config, Keyring } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { silentLogger } from '../../src/core/log.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { createClaimsUnderWay } from '../../src/delivery/claims-under-way.ts';
import type { DeliverDeps } from '../../src/delivery/deliver-page.ts';
import { createEditionSource } from '../../src/delivery/edition-source.ts';
import { createLinks, type Links } from '../../src/delivery/links.ts';
import { openPace } from '../../src/delivery/open-pace.ts';
import type { OpenRelay } from '../../src/delivery/open-relays.ts';
import { publish } from '../../src/delivery/publish.ts';
import { loadSigners } from '../../src/delivery/signers.ts';
import type { Digest } from '../../src/digest/digest.ts';
import { createGatekeeper } from '../../src/ledger/gatekeeper.ts';
import { beat } from '../../src/ledger/incarnations.ts';
import { openJournal } from '../../src/ledger/journal.ts';
import type { LedgerDeps } from '../../src/ledger/ledger.ts';
import { createLanes, type LaneConfig, type Lanes } from '../../src/pacing/lanes.ts';
import { relayProfiles } from '../../src/transport/relay-profile.ts';
import type { Transport } from '../../src/transport/transport.ts';
import { createSubscriberStore, type SubscriberStore } from '../../subscribers/store.ts';
import type { TestRedis } from './redis.ts';

export interface Desk {
  readonly config: Config;
  readonly keyring: Keyring;
  readonly links: Links;
  readonly ledger: LedgerDeps;
  readonly subscribers: SubscriberStore;
  readonly lanes: Lanes;
  /** Milliseconds; all of the desk takes it for the present. */
  now: number;
  /** Subscribers to `ai-daily`, with these topics in turn. */
  subscribe(count: number, ...topics: readonly ('all' | readonly string[])[]): Promise<void>;
  publish(digest: Digest, change?: 'revise' | 'correct'): ReturnType<typeof publish>;
  /** What delivers through those transports, the first preferred. */
  worker(...transports: readonly Transport[]): Promise<DeliverDeps>;
}

const secret = Buffer.alloc(32, 7);

export async function openDesk(server: TestRedis, laneConfig: readonly LaneConfig[] = []): Promise<Desk> {
  await server.redis.flushall();
  const config = loadConfig(join(packageRoot(), 'examples', 'newsletter.yaml'));
  const keyring: Keyring = {
    tokenKeys: [{ id: 'k1', secret }],
    messageIdKeys: [{ id: 'k1', secret }],
    suppressionPepper: secret,
  };
  const ledger: LedgerDeps = { redis: server.redis, now: () => desk.now };
  const subscribers = createSubscriberStore({
    redis: server.redis,
    newsletters: config.newsletters.map(({ id }) => id),
    pepper: secret,
    clock: () => desk.now,
  });
  const links = createLinks('https://news.example', keyring.tokenKeys);
  const desk: Desk = {
    config,
    keyring,
    links,
    ledger,
    subscribers,
    lanes: createLanes(laneConfig),
    now: Date.UTC(2026, 2, 2, 1),
    subscribe: async (count, ...topics) => {
      const inputs = Array.from({ length: count }, (_, index) => ({
        address: `reader-${index + 1}@readers.example`,
        memberships: ['ai-daily'],
        topics: topics[index % topics.length] ?? 'all',
        state: 'active' as const,
        consent: 'a test',
      }));
      await subscribers.upsertMany(inputs);
    },
    publish: (digest, change) =>
      publish(desk, { newsletter: 'ai-daily', digest, ...(change === undefined ? {} : { change }) }),
    worker: async (...transports) => {
      await beat(ledger, 'worker', true);
      const relays = transports.map(
        (transport, index): OpenRelay => ({
          id: `relay${index + 1}`,
          name: transport.name,
          transport,
          profile: relayProfiles.plain,
          connections: 10,
        }),
      );
      return {
        ledger,
        subscribers,
        editions: createEditionSource(desk),
        lanes: desk.lanes,
        ...(await openPace({ ...desk, log: silentLogger, random: () => 0.5 }, relays)),
        gatekeeper: createGatekeeper({
          ledger,
          journal: openJournal(await mkdtemp(join(tmpdir(), 'paperboy-journal-')), 'store'),
          log: silentLogger,
        }),
        signers: await loadSigners(config),
        links,
        log: silentLogger,
        random: () => 0.5,
        incarnation: () => 'worker',
        isMemoryTight: () => false,
        underWay: createClaimsUnderWay({ ledger, log: silentLogger }),
        rollCall: { confirmed: async () => {} },
      };
    },
  };
  return desk;
}
