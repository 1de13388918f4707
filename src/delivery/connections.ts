/**
 * A worker's connections to one relay: opened when needed, kept while usable, never more than allowed. Whoever asks for
 * one more waits until another is given back.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { SendOutcome, Transport } from '../transport/transport.ts';
import { type Connection, isConnection } from '../transport/transport.ts';
import type { Stop } from './stop.ts';

export type Acquired =
  | { readonly connection: Connection }
  /** No connection now: what went wrong, and how long to leave the relay alone. */
  | { readonly failure: SendOutcome; readonly waitMs: number };

/** What the copies of one claim need of their relay. */
export interface Connections {
  /** A connection that nobody else uses; give it back with `release`. */
  acquire(): Promise<Acquired>;
  release(connection: Connection): void;
  /** What became of a copy. @returns why no further one of the claim is tried, or null */
  note(outcome: SendOutcome): Promise<Stop | null>;
}

export interface ConnectionPool {
  /** @returns a connection, or why none can be had */
  acquire(): Promise<Connection | SendOutcome>;
  release(connection: Connection): void;
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly transport: Pick<Transport, 'connect' | 'name'>;
  /** At most so many at one time. */
  readonly connections: number;
  /** Permits that all workers share; absent: none are needed. */
  readonly permits?: {
    take(): Promise<string | null>;
    giveBack(holder: string): Promise<void>;
  };
}

/** Whoever waits for a permit that other workers hold looks again after this, and gives up after that. */
const permitPauseMs = 100;
const permitPatienceMs = 10_000;

/** An idle connection that others wait for is given up after this. */
const idleMs = 1_000;

export function createConnectionPool({ transport, connections, permits }: PoolOptions): ConnectionPool {
  const idle: Connection[] = [];
  const holders = new Map<Connection, string>();
  const waiting: (() => void)[] = [];
  let count = 0;
  let isClosed = false;

  const freed = (): void => {
    count--;
    waiting.shift()?.();
  };
  const discard = async (connection: Connection): Promise<void> => {
    const holder = holders.get(connection);
    holders.delete(connection);
    await connection.close();
    if (holder !== undefined) await permits?.giveBack(holder);
    freed();
  };
  const takeIdle = (): Connection | undefined => {
    for (let connection = idle.pop(); connection; connection = idle.pop()) {
      if (connection.usable) return connection;
      void discard(connection);
    }
    return undefined;
  };
  const open = async (): Promise<Connection | SendOutcome> => {
    const holder = permits === undefined ? undefined : await permitOf(permits);
    if (holder === null) {
      const error = new Error(`${transport.name}: other workers hold all connections`);
      return { type: 'broken', stage: 'connect', error };
    }
    const opened = await transport.connect();
    if (isConnection(opened) && holder !== undefined) holders.set(opened, holder);
    else if (holder !== undefined) await permits?.giveBack(holder);
    return opened;
  };
  /** Others may wait for its permit. */
  const giveUpWhenIdle = (connection: Connection): void => {
    setTimeout(() => {
      const at = idle.indexOf(connection);
      if (at < 0) return;
      idle.splice(at, 1);
      void discard(connection);
    }, idleMs).unref();
  };

  return {
    acquire: async () => {
      for (;;) {
        const ready = takeIdle();
        if (ready) return ready;
        if (count < connections) break;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
      count++;
      try {
        const opened = await open();
        if (!isConnection(opened)) freed();
        return opened;
      } catch (error) {
        freed();
        throw error;
      }
    },
    release: (connection) => {
      if (!connection.usable || isClosed) return void discard(connection);
      idle.push(connection);
      if (permits !== undefined) giveUpWhenIdle(connection);
      waiting.shift()?.();
    },
    close: async () => {
      isClosed = true;
      await Promise.all(idle.splice(0).map(discard));
    },
  };
}

async function permitOf(permits: NonNullable<PoolOptions['permits']>): Promise<string | null> {
  for (let waitedMs = 0; ; waitedMs += permitPauseMs) {
    const holder = await permits.take();
    if (holder !== null || waitedMs >= permitPatienceMs) return holder;
    await pause(permitPauseMs);
  }
}
