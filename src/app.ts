/** The composition root: configuration and environment become one set of connected parts, closed together. */
import { createSubscriberStore, type SubscriberStore } from '../subscribers/store.ts';
import type { Config, Environment, Keyring } from './config/config.ts';
import { readEnvironment } from './config/environment.ts';
import { keyringFingerprint, loadKeyring } from './config/keyring.ts';
import { loadConfig } from './config/load-config.ts';
import { relayPasswordVariables } from './config/relay-password.ts';
import { systemClock } from './core/clock.ts';
import { createLogger, type Logger } from './core/log.ts';
import { seldom } from './core/seldom.ts';
import { createLeaveLog, type LeaveLog } from './delivery/leave-log.ts';
import { createLinks, type Links } from './delivery/links.ts';
import type { LedgerDeps } from './ledger/ledger.ts';
import { createLanes, type Lanes } from './pacing/lanes.ts';
import { createWakeups, type Wakeups } from './queue/wakeups.ts';
import { connectRedis } from './redis/connect.ts';
import { demandRedis } from './redis/demands.ts';
import { joinPrivateRedis } from './redis/private-server.ts';
import { claimStore } from './redis/store-id.ts';

export interface App {
  readonly config: Config;
  readonly environment: Environment;
  readonly keyring: Keyring;
  readonly log: Logger;
  /** Where BullMQ connects to; may hold a password. */
  readonly redisUrl: string;
  readonly ledger: LedgerDeps;
  /** Which store this Redis holds. */
  readonly storeId: string;
  readonly subscribers: SubscriberStore;
  readonly wakeups: Wakeups;
  readonly links: Links;
  readonly leaveLog: LeaveLog;
  readonly lanes: Lanes;
  /** Closes all connections, and stops the private Redis if this process was its last user. */
  close(): Promise<void>;
}

export interface Settings {
  readonly config: Config;
  readonly environment: Environment;
}

/**
 * Reads configuration and environment.
 * @param file path of newsletter.yaml
 * @throws PaperboyError `config-missing`, `config-invalid`, `environment-invalid`
 */
export function readSettings(file: string, env: NodeJS.ProcessEnv, cwd: string): Settings {
  const config = loadConfig(file);
  const environment = readEnvironment(env, {
    cwd,
    passwordVariables: relayPasswordVariables(config),
  });
  return { config, environment };
}

/** @throws PaperboyError of Redis, the keyring or the store: see `src/core/errors.ts` */
export async function openApp({ config, environment }: Settings): Promise<App> {
  const log = createLogger(environment.logLevel);
  const keyring = loadKeyring({
    dataDir: environment.dataDir,
    given: environment.keyring,
    redisUrlGiven: environment.redisUrl !== undefined,
  });
  const server =
    environment.redisUrl === undefined
      ? await joinPrivateRedis(environment.dataDir, log)
      : { url: environment.redisUrl, stop: async () => {} };
  const onError = seldom((error) => log.warn({ reason: error.message }, 'the queue could not reach Redis'));
  try {
    const redis = await connectRedis(server.url, { log });
    let storeId: string;
    try {
      await demandRedis(redis, { durability: config.durability });
      const claim = { keyringFingerprint: keyringFingerprint(keyring), now: systemClock() };
      storeId = (await claimStore(redis, claim)).storeId;
    } catch (error) {
      redis.disconnect();
      throw error;
    }
    const wakeups = createWakeups(server.url, onError);
    const subscribers = createSubscriberStore({
      redis,
      newsletters: config.newsletters.map((newsletter) => newsletter.id),
      pepper: keyring.suppressionPepper,
      clock: systemClock,
    });
    return {
      config,
      environment,
      keyring,
      log,
      redisUrl: server.url,
      ledger: { redis },
      storeId,
      subscribers,
      wakeups,
      links: createLinks(environment.publicUrl, keyring.tokenKeys),
      leaveLog: createLeaveLog(environment.dataDir, subscribers),
      lanes: createLanes(config.sending.lanes),
      close: async () => {
        await wakeups.close();
        redis.disconnect();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
