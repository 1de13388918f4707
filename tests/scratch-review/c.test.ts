import { join } from 'node:path';
import { afterEach, beforeEach, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.ts';
import { createWorkplace, type Workplace } from '../helpers/program.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { type SmtpSink, startSmtpSink } from '../helpers/smtp-sink.ts';
const example = join(packageRoot(), 'examples', 'digests', 'ai-daily-2026-03-02.md');
let redis: TestRedis, sink: SmtpSink, place: Workplace;
beforeEach(async () => {
  [redis, sink] = await Promise.all([startTestRedis(), startSmtpSink()]);
  place = await createWorkplace({ REDIS_URL: redis.url, SMTP_URL: sink.url });
  await place.json(['init', '--config', 'unused.yaml']);
  Object.assign(place.env, { KEYRING: join(place.folder, 'data', 'keyring.json') });
  await place.write('readers.csv', 'email,newsletters,topics\nann@r.example,ai-daily,all\nbob@r.example,ai-daily,all\n');
  await place.json(['subscribers', 'import', 'readers.csv', '--consent', 'a test']);
});
afterEach(async () => { await Promise.all([redis.stop(), sink.stop()]); await place.remove(); });
async function stopAfter(p: any, signal: any) {
  const t0 = Date.now(); p.child.kill(signal);
  const ended = await Promise.race([p.ended.then((e: any) => e.status), new Promise((r) => setTimeout(() => r('STILL RUNNING'), 25_000))]);
  const ms = Date.now() - t0; p.child.kill('SIGKILL'); await p.ended;
  return `${ended} after ${ms} ms`;
}
it.each([['send', '--wait'], ['work']])('relay hangs at the dot, %s', async (cmd) => {
  await sink.setRules([{ at: 'dot', hang: true }]);
  let p;
  if (cmd === 'send') p = place.start(['send', example, '--newsletter', 'ai-daily', '--wait']);
  else { await place.run(['send', example, '--newsletter', 'ai-daily']); p = place.start(['work']); }
  await sink.reached('dot', 1);
  console.log('E14', cmd, await stopAfter(p, 'SIGTERM'));
}, 90_000);
it('redis away, send --wait, SIGTERM', async () => {
  await sink.setRules([{ at: 'dot', delayMs: 1500, record: true, reply: '250 ok' }]);
  const p = place.start(['send', example, '--newsletter', 'ai-daily', '--wait']);
  await sink.reached('dot', 1);
  await redis.crash();
  console.log('E14b', await stopAfter(p, 'SIGTERM'));
}, 90_000);
