import { describe, expect, it } from 'vitest';
import type { Config, Environment } from '../../src/config/config.ts';
import { demandReachablePages } from '../../src/config/reachable-pages.ts';

const config = { sending: { relays: [], dkim: [] } } as unknown as Config;
const environment = (smtpUrl: string, publicUrl: string) =>
  ({ smtpUrl, publicUrl }) as unknown as Environment;

describe('links in mails', () => {
  it.each([
    ['smtp://relay.example:587', 'https://news.example.org'],
    ['smtp://127.0.0.1:2525', 'http://127.0.0.1:8080'],
    ['file:mails', 'http://127.0.0.1:8080'],
  ])('may be as they are with relay %s and pages on %s', (relay, pages) => {
    expect(() => demandReachablePages(config, environment(relay, pages))).not.toThrow();
  });

  it('must not lead to this machine when the mail leaves it', () => {
    const send = () =>
      demandReachablePages(config, environment('smtps://relay.example', 'http://localhost:8080'));
    expect(send).toThrowError(/PUBLIC_URL is http:\/\/localhost:8080, which readers cannot reach/);
  });
});
