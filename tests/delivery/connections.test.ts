import { describe, expect, it } from 'vitest';
import { createConnectionPool } from '../../src/delivery/connections.ts';
import { createStubTransport } from '../../src/transport/stub.ts';
import { isConnection, type SendOutcome } from '../../src/transport/transport.ts';

const broken: SendOutcome = { type: 'broken', stage: 'connect', error: new Error('refused') };

async function connectionOf(pool: ReturnType<typeof createConnectionPool>) {
  const opened = await pool.acquire();
  if (!isConnection(opened)) throw new Error('no connection');
  return opened;
}

describe('connections to a relay', () => {
  it('are used again while they are usable', async () => {
    const pool = createConnectionPool({ transport: createStubTransport(), connections: 2 });
    const first = await connectionOf(pool);
    pool.release(first);
    expect(await pool.acquire()).toBe(first);
    await first.close();
    pool.release(first);
    expect(await pool.acquire()).not.toBe(first);
  });

  it('are no more than allowed: whoever comes later waits for one that is given back', async () => {
    const pool = createConnectionPool({ transport: createStubTransport(), connections: 1 });
    const first = await connectionOf(pool);
    let later: unknown;
    const waiting = pool.acquire().then((opened) => {
      later = opened;
    });
    await Promise.resolve();
    expect(later).toBeUndefined();
    pool.release(first);
    await waiting;
    expect(later).toBe(first);
  });

  it('that cannot be opened, or broke, leave their place to others', async () => {
    const stub = createStubTransport();
    let fails = true;
    const transport = { name: 'flaky', connect: async () => (fails ? broken : await stub.connect()) };
    const pool = createConnectionPool({ transport, connections: 1 });
    expect(await pool.acquire()).toBe(broken);
    fails = false;
    const opened = await connectionOf(pool);
    await opened.close();
    const waiting = pool.acquire();
    pool.release(opened);
    expect(isConnection(await waiting)).toBe(true);
  });

  it('wait for a permit where all workers share them, and give it back when they are idle', async () => {
    let free = 1;
    const permits = {
      take: async () => (free > 0 ? `holder ${free--}` : null),
      giveBack: async () => {
        free++;
      },
    };
    const [one, other] = [1, 2].map(() =>
      createConnectionPool({ transport: createStubTransport(), connections: 5, permits }),
    );
    const opened = await connectionOf(one!);
    expect(free).toBe(0);
    const waiting = other!.acquire();
    one!.release(opened);
    expect(isConnection(await waiting)).toBe(true);
    expect(opened.usable).toBe(false);
    await Promise.all([one!.close(), other!.close()]);
  });
});
