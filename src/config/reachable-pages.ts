/** Mail that leaves this machine must not carry links that only this machine can follow. */
import { PaperboyError } from '../core/errors.ts';
import type { Config, Environment } from './config.ts';
import { isLoopback } from './public-url.ts';

/**
 * The link to unsubscribe is demanded by RFC 8058 and by law; one to 127.0.0.1 is none.
 * @throws PaperboyError `environment-invalid` when the relay is elsewhere and PUBLIC_URL is loopback
 */
export function demandReachablePages(config: Config, environment: Environment): void {
  const relay = environment.smtpUrl ?? config.sending.relays[0]?.url;
  if (relay === undefined || !/^smtps?:/i.test(relay) || isLoopback(new URL(relay).hostname)) return;
  if (!isLoopback(new URL(environment.publicUrl).hostname)) return;
  throw new PaperboyError(
    'environment-invalid',
    `PUBLIC_URL is ${environment.publicUrl}, which readers cannot reach: they could not unsubscribe`,
    { hint: 'set PUBLIC_URL to the https address under which `paperboy serve` or `paperboy up` is reached' },
  );
}
