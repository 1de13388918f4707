/** What cannot be announced in run.json is closed again: a server left open would keep the process from ending. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eachWithRedis } from '../helpers/each-with-redis.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { type Desk, openDesk } from './in-process.ts';

let server: TestRedis;
let desk: Desk;

eachWithRedis((started) => {
  server = started;
});
beforeEach(() => {
  desk = openDesk();
});
afterEach(() => desk.remove());

const listening = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;

describe.each([['serve'], ['up', '--processes', '0']])('%s', (...args) => {
  it('ends with an error and leaves nothing open', async () => {
    await desk.run(['init', '--config', 'unused.yaml']);
    const env = { REDIS_URL: server.url, KEYRING: join(desk.folder, 'data', 'keyring.json'), PORT: '0' };
    expect((await desk.run(['topics'], env)).status).toBe(0);
    const before = listening();
    desk.write(join('data', 'run.json'), '{"web": 1}');
    const { status, stderr } = await desk.run(args, env);
    expect(stderr).toContain('file-unreadable');
    expect(status).toBe(65);
    await vi.waitFor(() => expect(listening()).toBe(before));
  });
});
