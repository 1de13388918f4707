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

/** What there is before anybody has looked which store this Redis holds: for who puts another in its place. */
export interface Foundation {
  readonly config: Config;
  readonly environment: Environment;
  readonly keyring: Keyring;
  readonly log: Logger;
  /** Where BullMQ connects to; may hold a password. */
  readonly redisUrl: string;
  readonly ledger: LedgerDeps;
  readonly subscribers: SubscriberStore;
  readonly leaveLog: LeaveLog;
  /** Closes all connections, and stops the private Redis if this process was its last user. */
  close(): Promise<void>;
}

export interface App extends Foundation {
  /** Which store this Redis holds. */
  readonly storeId: string;
  readonly wakeups: Wakeups;
  readonly links: Links;
  readonly lanes: Lanes;
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
  return await opening(async (opened) => {
    const foundation = await layFoundation(settings, opened);
    const { config, environment, keyring, log, redisUrl, ledger } = foundation;
    const claim = { keyringFingerprint: keyringFingerprint(keyring), now: systemClock() };
    const { storeId } = await claimStore(ledger.redis, claim);
    const onError = seldom((error) => log.warn({ reason: error.message }, 'the queue could not reach Redis'));
    const wakeups = createWakeups(redisUrl, onError);
    opened.push(wakeups);
    return {
      ...foundation,
      storeId,
      wakeups,
      links: createLinks(environment.publicUrl, keyring.tokenKeys),
      lanes: createLanes(config.sending.lanes),
    };
  });
}

/** @throws PaperboyError of Redis and the keyring, whatever store it holds */
export async function openFoundation(settings: Settings): Promise<Foundation> {
  return await opening((opened) => layFoundation(settings, opened));
}

/** @param open is given a list for what has to be closed, in the order in which it was opened */
async function opening<Parts>(
  open: (opened: Closable[]) => Promise<Parts>,
): Promise<Parts & { close(): Promise<void> }> {
  const opened: Closable[] = [];
  try {
    const parts = await open(opened);
    return { ...parts, close: () => closeAll(opened) };
  } catch (error) {
    // What it stumbled over says more than what could not be closed after it.
    await closeAll(opened).catch(() => {});
    throw error;
  }
}

async function layFoundation(
  { config, environment }: Settings,
  opened: Closable[],
): Promise<Omit<Foundation, 'close'>> {
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
    subscribers,
    leaveLog: createLeaveLog(environment.dataDir, subscribers),
  };
}

/** @returns the address of the private Redis */
async function joinServer(dataDir: string, log: Logger, opened: Closable[]): Promise<string> {
  const server = await joinPrivateRedis(dataDir, log);
  opened.push({ close: server.stop });
  return server.url;
}
