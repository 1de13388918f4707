/** A redis-server for the tests of one file, empty at the start of each. */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { startTestRedis, type TestRedis } from './redis.ts';

/** @param use told of the server before the first test; hooks registered after this one find it empty */
export function eachWithRedis(use: (server: TestRedis) => void): void {
  let server: TestRedis;
  beforeAll(async () => {
    server = await startTestRedis();
    use(server);
  });
  afterAll(async () => {
    await server.stop();
  });
  beforeEach(async () => {
    await server.redis.flushall();
  });
}
