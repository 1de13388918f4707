import { describe, expect, it } from 'vitest';
import { createConnections } from '../../src/delivery/connections.ts';
import { createStubTransport } from '../../src/transport/stub.ts';
import type { SendOutcome } from '../../src/transport/transport.ts';

const broken: SendOutcome = { type: 'broken', stage: 'connect', error: new Error('refused') };

describe('connections to a relay', () => {
  it('count an outage once, however many fail together', () => {
    let now = 0;
    const pool = createConnections(
      createStubTransport(),
      () => now,
      () => 0,
    );
    const waits = Array.from({ length: 10 }, () => pool.failed(broken));
    expect(new Set(waits)).toEqual(new Set([30_000]));
    now = 30_000;
    expect(pool.failed(broken)).toBe(60_000);
  });

  it('leave the relay alone after a send that broke, and try again in time', async () => {
    let now = 0;
    const pool = createConnections(
      createStubTransport(),
      () => now,
      () => 0,
    );
    pool.failed(broken);
    expect(await pool.acquire()).toEqual({ failure: broken, waitMs: 30_000 });
    now = 30_000;
    expect(await pool.acquire()).toHaveProperty('connection');
  });

  it('forget failures once a copy went through, and give back what is usable', async () => {
    const pool = createConnections(
      createStubTransport(),
      () => 0,
      () => 0,
    );
    const first = await pool.acquire();
    if (!('connection' in first)) throw new Error('no connection');
    pool.failed(broken);
    pool.succeeded();
    pool.release(first.connection);
    expect(await pool.acquire()).toEqual(first);
    await pool.close();
  });
});
