/**
 * A worker's connections to its relay: opened when needed, kept while usable, never more than allowed. After failures
 * it lets nobody try again before a while, so that a relay that is away is not hammered.
 */
import type { SendOutcome, Transport } from '../transport/transport.ts';
import { type Connection, isConnection } from '../transport/transport.ts';
import { reconnectDelayMs } from './retry-schedule.ts';

export type Acquired =
  | { readonly connection: Connection }
  /** No connection now: what went wrong, and how long to leave the relay alone. */
  | { readonly failure: SendOutcome; readonly waitMs: number };

export interface Connections {
  /** A connection that nobody else uses; give it back with `release`. */
  acquire(): Promise<Acquired>;
  release(connection: Connection): void;
  /** A send on a connection failed before the dot. @returns how long to leave the relay alone, in milliseconds */
  failed(outcome: SendOutcome): number;
  /** A send went through: failures are forgotten. */
  succeeded(): void;
  close(): Promise<void>;
}

/**
 * @param now milliseconds of a clock that never jumps: a wall clock set back would leave the relay alone for as long
 * @param random in [0, 1)
 */
export function createConnections(
  transport: Pick<Transport, 'connect'>,
  now: () => number,
  random: () => number,
): Connections {
  const idle: Connection[] = [];
  let failures = 0;
  let lastFailure: SendOutcome | undefined;
  let quietUntil = 0;

  /** Connections that fail together are one outage: while the relay is left alone, no further failure counts. */
  const noteFailure = (outcome: SendOutcome): number => {
    lastFailure = outcome;
    if (now() < quietUntil) return quietUntil - now();
    failures++;
    const waitMs = reconnectDelayMs(failures, random());
    quietUntil = now() + waitMs;
    return waitMs;
  };

  const takeIdle = (): Connection | undefined => {
    for (let connection = idle.pop(); connection; connection = idle.pop()) {
      if (connection.usable) return connection;
    }
    return undefined;
  };

  return {
    acquire: async () => {
      const ready = takeIdle();
      if (ready) return { connection: ready };
      if (lastFailure && now() < quietUntil) return { failure: lastFailure, waitMs: quietUntil - now() };
      const opened = await transport.connect();
      if (isConnection(opened)) return { connection: opened };
      return { failure: opened, waitMs: noteFailure(opened) };
    },
    release: (connection) => {
      if (connection.usable) idle.push(connection);
      else void connection.close();
    },
    failed: noteFailure,
    succeeded: () => {
      failures = 0;
      lastFailure = undefined;
      quietUntil = 0;
    },
    close: async () => {
      await Promise.all(idle.splice(0).map((connection) => connection.close()));
    },
  };
}
