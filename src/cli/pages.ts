/** The pages of `serve`, `up` and `demo`, and what readers asked for while Redis was away. */
import { setTimeout } from 'node:timers/promises';
import type { App } from '../app.ts';
import { systemClock } from '../core/clock.ts';
import { type Closable, closeAll } from '../core/close-all.ts';
import { createArchive } from '../delivery/archive.ts';
import { createBallots } from '../delivery/ballots.ts';
import { topicsOf } from '../delivery/newsletter.ts';
import { createWebCopies } from '../delivery/web-copies.ts';
import { startWeb, type Web } from '../web/server.ts';
import { createStoreDesk } from '../web/store-desk.ts';
import type { WebDeps } from '../web/web-app.ts';
import { announced } from './announced.ts';

/** The pages, announced in run.json. @throws PaperboyError `port-in-use`, and of run.json */
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
  const leaves = startLeaveLoop(app);
  const pages = { ...web, close: () => closeAll([leaves, web]) };
  return await announced(environment.dataDir, { web: { url: web.url, pid: process.pid } }, pages);
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
function startLeaveLoop({ leaveLog, log }: App): Closable {
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
