/** Brings together a relay of newsletter.yaml and the environment variable that holds its password. */
import { PaperboyError } from '../core/errors.ts';
import type { Config, Environment, RelayConfig } from './config.ts';

/** The variables to ask `readEnvironment` for. Empty where no relay names one. */
export function relayPasswordVariables(config: Config): string[] {
  return config.sending.relays.flatMap(({ passwordEnv }) => (passwordEnv === undefined ? [] : [passwordEnv]));
}

/**
 * @returns the password of a relay, or undefined for one that needs none
 * @throws PaperboyError `environment-invalid` when the relay names a variable that is not set
 */
export function relayPassword(relay: RelayConfig, environment: Environment): string | undefined {
  if (relay.passwordEnv === undefined) return undefined;
  const password = environment.relayPasswords[relay.passwordEnv];
  if (password !== undefined) return password;
  throw new PaperboyError(
    'environment-invalid',
    `environment variable ${relay.passwordEnv}: expected the password of the relay ${relay.url}, found nothing`,
    { hint: `set ${relay.passwordEnv}, or ${relay.passwordEnv}_FILE to the path of a file that holds it` },
  );
}
