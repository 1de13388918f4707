/** `subscribers add` and `import`: what is not said is not guessed. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eachWithRedis } from '../helpers/each-with-redis.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { type Desk, openDesk } from './in-process.ts';

let server: TestRedis;
let desk: Desk;
let env: Readonly<Record<string, string>>;

eachWithRedis((started) => {
  server = started;
});
beforeEach(async () => {
  desk = openDesk();
  env = { REDIS_URL: server.url, KEYRING: `${desk.folder}/data/keyring.json`, PORT: '0' };
  await desk.run(['init', '--config', 'unused.yaml']);
});
afterEach(() => desk.remove());

const add = (...options: readonly string[]) =>
  desk.run(['subscribers', 'add', 'a@readers.example', ...options], env);

describe('subscribers add', () => {
  it('takes no consent that says nothing', async () => {
    for (const consent of ['', '  ']) {
      const { status, stderr } = await add('--consent', consent);
      expect(status).toBe(2);
      expect(stderr).toContain('--consent: found nothing, expected what the subscribers agreed to');
    }
    desk.write('readers.csv', 'email,newsletters\nb@readers.example,ai-daily\n');
    const imported = await desk.run(['subscribers', 'import', 'readers.csv', '--consent', ''], env);
    expect(imported.status).toBe(2);
    const { data } = await desk.json<unknown[]>(['subscribers', 'list'], env);
    expect(JSON.stringify(data)).not.toContain('readers.example');
  });

  it('takes no hour but a whole number from 0 to 23', async () => {
    for (const hour of ['', '1e1', '0x10', '24', '-1', 'abc']) {
      const { status, stderr } = await add('--consent', 'a test', `--hour=${hour}`);
      expect(stderr).toContain(`--hour: found ${JSON.stringify(hour)}, expected a whole number from 0 to 23`);
      expect(status).toBe(2);
    }
    expect(await add('--consent', 'a test', '--hour', '9')).toMatchObject({ status: 0 });
  });
});
