/** The long-running parts, put together for `work`, `serve`, `up` and `demo`: started in order, closed in reverse. */

import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { App, Settings } from '../app.ts';
import { processEnvironment, workerEnvironment } from '../config/environment.ts';
import { systemClock } from '../core/clock.ts';
import { exitStatus, PaperboyError } from '../core/errors.ts';
import { createLogger } from '../core/log.ts';
import { createArchive } from '../delivery/archive.ts';
import { createBallots } from '../delivery/ballots.ts';
import { topicsOf } from '../delivery/newsletter.ts';
import { createWebCopies } from '../delivery/web-copies.ts';
import { type Inbox, startInbox } from '../inbox/smtp-inbox.ts';
import { updateRunFile } from '../redis/run-file.ts';
import { type Supervisor, startSupervisor } from '../supervisor/supervisor.ts';
import { startWeb, type Web } from '../web/server.ts';
import { createStoreDesk } from '../web/store-desk.ts';
import type { WebDeps } from '../web/web-app.ts';
import { type Io, type Outcome, say } from './frame.ts';

export interface Service {
  close(): Promise<void>;
  /** Resolves when it cannot go on by itself: then everything ends with that error. Absent: it always can. */
  readonly failure?: Promise<PaperboyError>;
}

/** A process that is told to stop gives its parts this long; what they hold is given back by others after that. */
const closeWithinMs = 10_000;

/** What there is to say of a process that ran until it was told to stop. */
export const stopped: Outcome = { data: { stopped: true }, text: '', status: exitStatus.ok };

/**
 * Waits for Ctrl-C or SIGTERM, then closes what was started, the last first.
 * @throws PaperboyError with which a service failed meanwhile
 */
export async function runUntilStopped(io: Io, services: readonly Service[]): Promise<Outcome> {
  const told = io.signal.aborted ? null : once(io.signal, 'abort').then(() => null);
  const failures = services.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
  const failure = await Promise.race([told, ...failures]);
  say(io, 'stopping …');
  await closeAll(services);
  if (failure !== null) throw failure;
  return stopped;
}

/** Worker processes, loading while others get ready: `begin` them when what they need is there. */
export function prepareWorkers({ environment }: Settings, processes: number): Supervisor {
  return startSupervisor({
    program: fileURLToPath(new URL('../../workers/process.js', import.meta.url)),
    processes,
    log: createLogger(environment.logLevel),
    env: workerEnvironment(processEnvironment()),
  });
}

/** @throws PaperboyError `interrupted` when they do not end in time */
export async function closeAll(services: readonly Service[]): Promise<void> {
  const closing = (async () => {
    for (const service of [...services].reverse()) await service.close();
  })();
  const giveUp = new AbortController();
  const late = setTimeout(closeWithinMs, 'late', { signal: giveUp.signal }).catch(() => 'ended');
  try {
    if ((await Promise.race([closing, late])) !== 'late') return;
  } finally {
    giveUp.abort();
  }
  throw new PaperboyError('interrupted', `not everything ended within ${closeWithinMs / 1000} s`);
}

/** The pages, announced in run.json. @throws PaperboyError `port-in-use` */
export async function startPages(app: App, demo?: WebDeps['demo']): Promise<Web> {
  const { environment, config } = app;
  const web = await startWeb({
    host: environment.host,
    port: environment.port,
    subscribers: createStoreDesk({ ...app, tokenKeys: app.keyring.tokenKeys, clock: systemClock }),
    newsletters: config.newsletters,
    topics: topicsOf(config),
    issues: issueDeskOf(app),
    health: () => app.ledger.redis.ping(),
    publicUrl: environment.publicUrl,
    log: app.log,
    ...(demo === undefined ? {} : { demo }),
  });
  await updateRunFile(environment.dataDir, { web: { url: web.url, pid: process.pid } });
  const leaves = startLeaveLoop(app);
  return {
    ...web,
    close: async () => {
      await web.close();
      await leaves.close();
      await updateRunFile(environment.dataDir, { web: null });
    },
  };
}

function issueDeskOf(app: App): WebDeps['issues'] {
  const { tokenKeys } = app.keyring;
  const { publicUrl } = app.environment;
  return {
    copies: createWebCopies({ ...app, tokenKeys, publicUrl }),
    archive: createArchive(app),
    ballots: createBallots({ ...app, tokenKeys }),
    retentionDays: app.config.retentionDays,
    publicUrl,
  };
}

const leavesEveryMs = 2_000;

/** Carries out what readers asked for while Redis was away, soon after it is back. */
function startLeaveLoop({ leaveLog, log }: App): Service {
  const stopping = new AbortController();
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const count = await leaveLog.apply();
        if (count > 0) log.info({ count }, 'readers who left while Redis was away have left');
      } catch (error) {
        log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'leaves wait for Redis');
      }
      await setTimeout(leavesEveryMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  const looping = loop();
  return {
    close: async () => {
      stopping.abort();
      await looping;
    },
  };
}

/** The built-in inbox, announced in run.json so that every command on this data folder sends to it. */
export async function startDataInbox({ environment }: Settings, log: App['log']): Promise<Inbox> {
  const inbox = await startInbox({ folder: join(environment.dataDir, 'inbox'), log });
  const { host, port } = inbox;
  await updateRunFile(environment.dataDir, { inbox: { smtp: { host, port }, pid: process.pid } });
  return {
    ...inbox,
    close: async () => {
      await inbox.close();
      await updateRunFile(environment.dataDir, { inbox: null });
    },
  };
}

/**
 * A port that is free at this moment: the preferred one, or any.
 * @param preferred 0: any
 */
export async function freePort(host: string, preferred: number): Promise<number> {
  for (const port of preferred === 0 ? [0] : [preferred, 0]) {
    const server = createServer();
    const bound = await new Promise<number | null>((resolve) => {
      server.once('error', () => resolve(null));
      server.listen(port, host, () => {
        const address = server.address();
        resolve(typeof address === 'object' && address ? address.port : null);
      });
    });
    if (bound === null) continue;
    await new Promise((resolve) => server.close(resolve));
    return bound;
  }
  throw new PaperboyError('port-in-use', `no port is free on ${host}`);
}
