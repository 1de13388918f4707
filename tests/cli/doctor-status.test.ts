/** The exit status of `doctor`, where several things are wrong. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startDnsServer } from '../helpers/dns-server.ts';
import { type Desk, openDesk } from './in-process.ts';

let desk: Desk;
beforeEach(() => {
  desk = openDesk();
});
afterEach(() => desk.remove());

it('doctor ends with the status of what a person has to change, not of what may be back by itself', async () => {
  const dns = await startDnsServer();
  try {
    await desk.run(['init', '--config', 'unused.yaml']);
    const keyring = `${desk.folder}/data/keyring.json`;
    const away = { REDIS_URL: 'redis://127.0.0.1:1', KEYRING: keyring, PORT: '0' };
    const doctor = (env: Record<string, string>) => desk.run(['doctor', '--dns', dns.address], env);
    expect((await doctor({ ...away, SMTP_URL: 'stub:' })).status).toBe(69);
    const both = await doctor(away);
    expect(both.stdout).toMatch(/✗ {2}store .*✗ {2}relay /s);
    expect(both.status).toBe(78);
  } finally {
    await dns.stop();
  }
});
