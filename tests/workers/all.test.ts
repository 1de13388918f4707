/** All workers of a process: those that cannot begin leave nothing behind that beats; those that work leave no claim open. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type App, openApp, readSettings } from '../../src/app.ts';
import { createKeyringFile } from '../../src/config/keyring.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { keys } from '../../src/redis/keys.ts';
import { startWorkers } from '../../workers/all.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';

let server: TestRedis;
let folder: string;
let app: App;

beforeAll(async () => {
  server = await startTestRedis();
  folder = await mkdtemp(join(tmpdir(), 'paperboy-workers-'));
  createKeyringFile(join(folder, 'keyring.json'));
  const env = {
    REDIS_URL: server.url,
    KEYRING: join(folder, 'keyring.json'),
    DATA_DIR: folder,
    SMTP_URL: 'stub:',
    LOG_LEVEL: 'silent',
  };
  app = await openApp(readSettings(join(packageRoot(), 'examples', 'newsletter.yaml'), env, folder));
});
afterAll(async () => {
  await app.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

describe('workers that cannot begin', () => {
  it('end the life they had begun', async () => {
    await server.redis.set(keys.paced, 'no hash');
    await expect(startWorkers(app)).rejects.toThrow('WRONGTYPE');
    expect(await server.redis.zcard(keys.incarnations)).toBe(0);
    await server.redis.del(keys.paced);
    const workers = await startWorkers(app);
    expect(await server.redis.zcard(keys.incarnations)).toBe(1);
    await workers.close();
    expect(await server.redis.zcard(keys.incarnations)).toBe(0);
  });
});

describe('workers', () => {
  it('give back what the ledger keeps as theirs and none of them works on', async () => {
    const workers = await startWorkers(app);
    const [life = ''] = await server.redis.zrange(keys.incarnations, '0', '-1');
    await server.redis.hset(keys.claims(life), '7', 'ai-daily-2026-03-02.1');
    const isOpen = () => server.redis.hlen(keys.claims(life));
    await vi.waitFor(async () => expect(await isOpen()).toBe(0), { timeout: 10_000 });
    await workers.close();
  });
});
