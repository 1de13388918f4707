/** Delivers an issue in this process until it is done, nothing is due soon, the time is up, or Ctrl-C. */
import { setTimeout } from 'node:timers/promises';
import { startWorkers } from '../../workers/all.ts';
import type { App } from '../app.ts';
import { PaperboyError } from '../core/errors.ts';
import { type IssueStatus, openCount, readStatus } from '../delivery/issue-status.ts';
import { isHalted } from '../ledger/issues.ts';
import { readOutlook } from '../ledger/reader.ts';
import { type Io, say } from './frame.ts';
import { startProgress } from './progress.ts';
import { closeInTime } from './services.ts';

const lookEveryMs = 200;

/** Something due within this time is waited for; what is due later is left to a worker or another day. */
const soonMs = 60_000;

/**
 * @param limitMs at most so long; absent: as long as something is due soon
 * @returns the issue's status at the end
 * @throws PaperboyError `interrupted` after Ctrl-C, with everything claimed given back
 */
export async function waitForIssue(
  io: Io,
  app: App,
  id: string,
  limitMs: number | undefined,
): Promise<IssueStatus> {
  const deadline = limitMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + limitMs;
  let status = await readStatus(app.ledger, id);
  const workers = await startWorkers(app);
  const progress = startProgress(io, id, 'copies');
  try {
    while (!io.signal.aborted && Date.now() < deadline) {
      status = await readStatus(app.ledger, id);
      progress.update(status.recipients - openCount(status), status.recipients, status.rate, status.eta);
      if (await isQuiet(io, app, status)) break;
      await setTimeout(lookEveryMs, undefined, { signal: io.signal }).catch(() => {});
    }
  } finally {
    progress.stop();
    await closeInTime([workers]);
  }
  if (io.signal.aborted) {
    throw new PaperboyError(
      'interrupted',
      `stopped; ${openCount(status)} copies of ${id} are still to be sent`,
      {
        hint: 'the same `paperboy send … --wait` again, or any worker, goes on where this stopped',
      },
    );
  }
  status = await readStatus(app.ledger, id);
  if (openCount(status) > 0)
    say(io, `${openCount(status)} copies are still to be sent; a worker goes on with them`);
  return status;
}

/** Done, held by an operator, or waiting for something that is not due soon. */
async function isQuiet(io: Io, app: App, status: IssueStatus): Promise<boolean> {
  if (status.phase === 'done' || status.phase === 'cancelled' || status.phase === 'paused') return true;
  if (await isHalted(app.ledger)) {
    say(io, 'all sending is halted; `paperboy halt --lift` goes on');
    return true;
  }
  const { inHand, dueInMs } = await readOutlook(app.ledger, status.issue);
  return inHand === 0 && dueInMs !== null && dueInMs > soonMs;
}
