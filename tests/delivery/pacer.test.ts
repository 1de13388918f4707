import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keys } from '../../src/redis/keys.ts';
import { createStubTransport } from '../../src/transport/stub.ts';
import { type Desk, openDesk } from '../helpers/desk.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';

const never = new AbortController().signal;

let server: TestRedis;
let desk: Desk;

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(async () => {
  await server.stop();
});
beforeEach(async () => {
  desk = await openDesk(server);
});

describe('a relay on trial', () => {
  it('is tried again at once when the copy it was to be tried with did not go', async () => {
    const { pacer } = await desk.worker(createStubTransport());
    // Its breaker was open, and its time is over.
    await server.redis.hset(keys.pacedRelay('relay1'), { opens: 1, open_until: 0 });
    const trial = await pacer.begin('other', 10);
    if (!('copies' in trial)) throw new Error('no trial');
    expect(trial.copies).toBe(1);
    expect(await pacer.begin('other', 10)).toMatchObject({ because: 'relay' });
    // Its gate was closed, or its reader forgotten: the relay said nothing.
    expect(await trial.turn(0, never)).toBe(true);
    await trial.close();
    expect(await pacer.begin('other', 10)).toMatchObject({ copies: 1 });
  });
});
