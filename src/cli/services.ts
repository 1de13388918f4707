/** Long-running parts of one process: started in order, ended together, closed in reverse. */
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { type Closable, closeAll } from '../core/close-all.ts';
import { exitStatus, PaperboyError } from '../core/errors.ts';
import { type Io, type Outcome, say } from './frame.ts';

export interface Service extends Closable {
  /** Resolves when it cannot go on by itself: then everything ends with that error. Absent: it always can. */
  readonly failure?: Promise<PaperboyError>;
}

/** A process that is told to stop gives its parts this long; what they hold is given back by others after that. */
const closeWithinMs = 10_000;

/** Runs what `start` starts until the process is told to stop; closes what had started when a later part fails. */
export async function together(io: Io, start: (started: Service[]) => Promise<void>): Promise<Outcome> {
  const started: Service[] = [];
  try {
    await start(started);
  } catch (error) {
    // What it stumbled over says more than what could not be closed after it.
    await closeInTime(started).catch(() => {});
    // Told to stop before it had begun: what it stumbled over is of no account.
    if (io.signal.aborted) return stopped;
    throw error;
  }
  return await runUntilStopped(io, started);
}

/** What there is to say of a process that ran until it was told to stop. */
const stopped: Outcome = { data: { stopped: true }, text: '', status: exitStatus.ok };

/**
 * Waits for Ctrl-C or SIGTERM, then closes what was started, the last first.
 * @throws PaperboyError with which a service failed meanwhile
 */
async function runUntilStopped(io: Io, services: readonly Service[]): Promise<Outcome> {
  const told = io.signal.aborted ? null : once(io.signal, 'abort').then(() => null);
  const failures = services.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
  const failure = await Promise.race([told, ...failures]);
  say(io, 'stopping …');
  await closeInTime(services);
  if (failure !== null) throw failure;
  return stopped;
}

/**
 * Closes the last started first.
 * @throws PaperboyError `interrupted` when they do not end in time; else the first error, once all had their turn
 */
export async function closeInTime(services: readonly Service[]): Promise<void> {
  const closing = closeAll(services);
  const giveUp = new AbortController();
  const late = setTimeout(closeWithinMs, 'late', { signal: giveUp.signal }).catch(() => 'ended');
  try {
    if ((await Promise.race([closing, late])) !== 'late') return;
  } finally {
    giveUp.abort();
  }
  throw new PaperboyError('interrupted', `not everything ended within ${closeWithinMs / 1000} s`);
}
