/** The composition root: configuration and environment become one set of connected parts, closed together. */
import { createDepartureLog } from '../subscribers/departures.ts';
import { createSubscriberStore, type SubscriberStore } from '../subscribers/store.ts';
import type { Config, Environment, Keyring } from './config/config.ts';
import { readEnvironment } from './config/environment.ts';
import { keyringFingerprint, loadKeyring } from './config/keyring.ts';
import { loadConfig } from './config/load-config.ts';
import { relayPasswordVariables } from './config/relay-password.ts';
import { systemClock } from './core/clock.ts';
import { type Closable, closeAll } from './core/close-all.ts';
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
export async function openApp(settings: Settings): Promise<App> {
  const opened: Closable[] = [];
  try {
    const parts = await openParts(settings, opened);
    return { ...parts, close: () => closeAll(opened) };
  } catch (error) {
    // What it stumbled over says more than what could not be closed after it.
    await closeAll(opened).catch(() => {});
    throw error;
  }
}

/** @param opened is given what has to be closed, in the order in which it was opened */
async function openParts({ config, environment }: Settings, opened: Closable[]): Promise<Omit<App, 'close'>> {
  const log = createLogger(environment.logLevel);
  const keyring = loadKeyring({
    dataDir: environment.dataDir,
    given: environment.keyring,
    redisUrlGiven: environment.redisUrl !== undefined,
  });
  const redisUrl = environment.redisUrl ?? (await joinServer(environment.dataDir, log, opened));
  const redis = await connectRedis(redisUrl, { log });
  opened.push({ close: async () => redis.disconnect() });
  await demandRedis(redis, { durability: config.durability });
  const claim = { keyringFingerprint: keyringFingerprint(keyring), now: systemClock() };
  const { storeId } = await claimStore(redis, claim);
  const onError = seldom((error) => log.warn({ reason: error.message }, 'the queue could not reach Redis'));
  const wakeups = createWakeups(redisUrl, onError);
  opened.push(wakeups);
  const subscribers = createSubscriberStore({
    redis,
    newsletters: config.newsletters.map((newsletter) => newsletter.id),
    pepper: keyring.suppressionPepper,
    clock: systemClock,
    departures: createDepartureLog(environment.dataDir, log),
  });
  return {
    config,
    environment,
    keyring,
    log,
    redisUrl,
    ledger: { redis },
    storeId,
    subscribers,
    wakeups,
    links: createLinks(environment.publicUrl, keyring.tokenKeys),
    leaveLog: createLeaveLog(environment.dataDir, subscribers),
    lanes: createLanes(config.sending.lanes),
  };
}

/** @returns the address of the private Redis */
async function joinServer(dataDir: string, log: Logger, opened: Closable[]): Promise<string> {
  const server = await joinPrivateRedis(dataDir, log);
  opened.push({ close: server.stop });
  return server.url;
}
