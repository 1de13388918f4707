/** What a person sees at a terminal: a bar that gives the cursor back, and a question that can be left unanswered. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.ts';
import { type Desk, openDesk } from '../cli/in-process.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { hasTerminal, type OnTerminal, startOnTerminal } from '../helpers/terminal.ts';

const example = join(packageRoot(), 'examples', 'digests', 'ai-daily-2026-03-02.md');
const address = 'ann@readers.example';
const [hideCursor, showCursor] = ['\u001b[?25l', '\u001b[?25h'];

let redis: TestRedis;
let desk: Desk;
let env: Readonly<Record<string, string>>;
let shown: OnTerminal;

describe.skipIf(!hasTerminal)('at a terminal', () => {
  beforeAll(async () => {
    redis = await startTestRedis();
    desk = openDesk();
    env = {
      PATH: process.env.PATH ?? '',
      LOG_LEVEL: 'silent',
      REDIS_URL: redis.url,
      KEYRING: join(desk.folder, 'data', 'keyring.json'),
    };
    await desk.run(['init', '--config', 'unused.yaml']);
    desk.write('readers.csv', `email,newsletters,topics\n${address},ai-daily,all\n`);
    await desk.run(['subscribers', 'import', 'readers.csv', '--consent', 'a test'], env);
  });
  afterEach(() => shown.kill());
  afterAll(async () => {
    await redis.stop();
    desk.remove();
  });

  it.each([
    ['Ctrl-D', '\u0004'],
    ['Ctrl-C', '\u0003'],
  ])('subscribers forget takes %s for no answer, and forgets nobody', async (_, key) => {
    shown = startOnTerminal({ folder: desk.folder, env }, ['subscribers', 'forget', address]);
    await shown.shows('[y/N]');
    shown.type(key);
    const { status, screen } = await shown.ended;
    expect(screen).toContain('the question was not answered: nothing was changed (interrupted)');
    expect(status).toBe(1);
    expect((await desk.run(['subscribers', 'show', address], env)).status).toBe(0);
  });

  it('status --watch gives the cursor back when it cannot go on', async () => {
    await desk.run(['send', example, '--newsletter', 'ai-daily'], env);
    shown = startOnTerminal({ folder: desk.folder, env }, ['status', '--watch']);
    await shown.shows(hideCursor);
    await redis.redis.flushall();
    const { status, screen } = await shown.ended;
    expect(screen).toContain('issue-unknown');
    expect(status).toBe(1);
    expect(screen.lastIndexOf(showCursor)).toBeGreaterThan(screen.lastIndexOf(hideCursor));
  });
});
