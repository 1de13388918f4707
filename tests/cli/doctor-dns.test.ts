/** `doctor` and the DNS, by the command line against a DNS server on loopback. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DnsServer, startDnsServer } from '../helpers/dns-server.ts';
import { testConfig } from '../helpers/program.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { type Desk, openDesk } from './in-process.ts';

interface Finding {
  readonly check: string;
  readonly severity: string;
  readonly message: string;
  readonly hint?: string;
}

let dns: DnsServer;
let desk: Desk;
let redis: TestRedis;
let dkim: string;

beforeEach(async () => {
  [dns, redis] = await Promise.all([startDnsServer(), startTestRedis()]);
  desk = openDesk();
  const made = await desk.json<{ value: string }>([
    'dkim',
    'generate',
    '--domain',
    'paper.net',
    '--selector',
    'p1',
  ]);
  dkim = made.data.value;
  await desk.run(['init', '--config', 'unused.yaml']);
  config('news.paper.net');
});
afterEach(async () => {
  desk.remove();
  await Promise.all([dns.stop(), redis.stop()]);
});

function config(domain: string): void {
  const keys =
    'sending: { dkim: [{ domain: paper.net, selector: p1, privateKeyFile: dkim-p1.paper.net.pem }] }\n';
  desk.write('newsletter.yaml', testConfig.replaceAll('news.example', domain) + keys);
}

async function doctor(): Promise<Finding[]> {
  const env = {
    REDIS_URL: redis.url,
    KEYRING: `${desk.folder}/data/keyring.json`,
    SMTP_URL: 'smtp://relay.paper.net:587',
    PORT: '0',
  };
  const { data } = await desk.json<{ findings: Finding[] }>(['doctor', '--dns', dns.address], env);
  return data.findings.filter(({ check }) => ['spf', 'dkim-record', 'dmarc'].includes(check));
}

describe('doctor', () => {
  it('says that all is well when SPF, the DKIM key and DMARC are published', async () => {
    dns.records.set('news.paper.net', ['unrelated', 'v=spf1 include:_spf.relay.net ~all']);
    dns.records.set('_spf.relay.net', ['v=spf1 a mx ip4:192.0.2.1 -all']);
    dns.records.set('p1._domainkey.paper.net', [dkim]);
    dns.records.set('_dmarc.paper.net', ['v=DMARC1; p=quarantine']);
    expect(await doctor()).toEqual([
      { check: 'spf', severity: 'ok', message: 'news.paper.net: SPF record found, 3 of 10 lookups' },
      {
        check: 'dkim-record',
        severity: 'ok',
        message: 'p1._domainkey.paper.net publishes the key that signs here',
      },
      {
        check: 'dmarc',
        severity: 'ok',
        message: 'news.paper.net: DMARC policy quarantine of _dmarc.paper.net',
      },
    ]);
    expect(dns.asked).toEqual(
      expect.arrayContaining(['_dmarc.news.paper.net', '_dmarc.paper.net', '_dmarc.net']),
    );
  });

  it('gives the records to publish where they lack', async () => {
    const [spf, key, dmarc] = await doctor();
    expect(spf).toMatchObject({ severity: 'warning', message: 'news.paper.net has no SPF record' });
    expect(spf?.hint).toContain('publish  news.paper.net  TXT  "v=spf1 a:relay.paper.net ~all"');
    expect(key).toMatchObject({
      severity: 'warning',
      hint: `publish  p1._domainkey.paper.net  TXT  "${dkim}"`,
    });
    expect(dmarc?.hint).toBe('publish  _dmarc.news.paper.net  TXT  "v=DMARC1; p=none"');
  });

  it('warns of records that harm', async () => {
    dns.records.set('news.paper.net', ['v=spf1 include:news.paper.net -all']);
    dns.records.set('p1._domainkey.paper.net', ['v=DKIM1; p=']);
    dns.records.set('_dmarc.news.paper.net', ['v=DMARC1; p=none; adkim=s']);
    const findings = await doctor();
    expect(findings.map(({ severity }) => severity)).toEqual(['warning', 'warning', 'warning']);
    expect(findings[0]?.message).toContain('lookups, and receivers give up after 10');
    expect(findings[1]?.message).toContain('revoked');
    expect(findings[2]?.message).toContain('adkim=s');
  });

  it.each(['silent', 'failing'] as const)('says so, and does not hang, when the DNS is %s', async (mood) => {
    dns.mood = mood;
    const findings = await doctor();
    expect(findings).toHaveLength(3);
    for (const { message } of findings) expect(message).toContain('not checked: DNS does not answer');
  });

  it('asks nobody about names that nobody can own', async () => {
    config('news.example');
    const [spf, , dmarc] = await doctor();
    expect([spf?.severity, dmarc?.severity]).toEqual(['ok', 'ok']);
    expect(spf?.message).toContain('not checked');
    expect(dns.asked).toEqual(['p1._domainkey.paper.net']);
  });

  it('takes only the address of a server for --dns', async () => {
    const { status, stderr } = await desk.run(['doctor', '--dns', 'dns.paper.net']);
    expect(status).toBe(2);
    expect(stderr).toContain('expected the address of a DNS server');
  });
});
