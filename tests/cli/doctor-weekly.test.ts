/** `doctor` and weekly readers whom nobody sends an issue. */
import { describe, expect, it } from 'vitest';
import { lookAtWeeklyReaders } from '../../src/cli/doctor-weekly.ts';
import { setControl } from '../../src/ledger/issues.ts';
import { startDnsServer } from '../helpers/dns-server.ts';
import type { TestRedis } from '../helpers/redis.ts';
import { dayOf, eachWithSentIssues, type SentIssues } from '../web/sent-issues.ts';
import { openDesk } from './in-process.ts';

let server: TestRedis;
let sent: SentIssues;
const weekly = { frequency: 'weekly' } as const;
const dayMs = 86_400_000;

eachWithSentIssues((opened, redis) => {
  sent = opened;
  server = redis;
});

const look = async () => (await lookAtWeeklyReaders(sent.desk)).map(({ message, hint }) => [message, hint]);
const waiting = [
  '1 weekly reader of ai-daily had no weekly issue in the last 8 days',
  '`paperboy send week.md --newsletter ai-daily --weekly` sends them one',
];

describe('doctor', () => {
  it('says nothing of weekly readers where there are none', async () => {
    await sent.send(dayOf('2026-03-02'));
    expect(await look()).toEqual([]);
  });

  it('says who waits and what to run, until a weekly issue is published, and again 8 days after it', async () => {
    await sent.desk.subscribers.changePreferences(2, weekly);
    await sent.send(dayOf('2026-03-02'));
    expect(await look()).toEqual([waiting]);
    await sent.send(dayOf('2026-03-06', '周'), weekly);
    expect(await look()).toEqual([]);
    sent.desk.now += 8 * dayMs - 1;
    expect(await look()).toEqual([]);
    sent.desk.now += 1;
    expect(await look()).toEqual([waiting]);
    await sent.desk.subscribers.pause(2);
    expect(await look()).toEqual([]);
  });

  it('prints it as a warning, which does not change its exit status', async () => {
    await server.redis.flushall();
    const [desk, dns] = [openDesk(), await startDnsServer()];
    const env = { REDIS_URL: server.url, KEYRING: `${desk.folder}/data/keyring.json`, PORT: '0' };
    try {
      await desk.run(['init', '--config', 'unused.yaml']);
      const doctor = async () => await desk.run(['doctor', '--dns', dns.address], env);
      const before = await doctor();
      desk.write('readers.csv', 'email,newsletters,frequency\na@readers.example,ai-daily,weekly\n');
      await desk.run(['subscribers', 'import', 'readers.csv', '--consent', 'a test'], env);
      const after = await doctor();
      expect(before.stdout).not.toContain('weekly');
      expect(after.stdout).toContain(`!  weekly         ${waiting[0]}\n`);
      expect(after.stdout).toContain(waiting[1]);
      expect(after.status).toBe(before.status);
    } finally {
      desk.remove();
      await dns.stop();
    }
  });

  it('takes a cancelled issue for none', async () => {
    await sent.desk.subscribers.changePreferences(2, weekly);
    await setControl(sent.desk.ledger, await sent.publish(dayOf('2026-03-06'), weekly), 'cancelled');
    expect(await look()).toEqual([waiting]);
  });
});
