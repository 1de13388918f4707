/** The relays that mail goes to, in the order in which they are preferred, each with its transport. */
import { createHash } from 'node:crypto';
import type { Config, Environment, RelayConfig } from '../config/config.ts';
import { relayPassword } from '../config/relay-password.ts';
import { relayUser } from '../config/relay-url.ts';
import { PaperboyError } from '../core/errors.ts';
import type { PacedRelay } from '../pacing/pacing.ts';
import { readRunFile } from '../redis/run-file.ts';
import { createTransport } from '../transport/create-transport.ts';
import { type RelayProfile, relayProfiles } from '../transport/relay-profile.ts';
import type { Transport } from '../transport/transport.ts';

export interface OpenRelay extends PacedRelay {
  readonly transport: Transport;
  readonly profile: RelayProfile;
  /** Of one worker process; and of all together, where that is limited. */
  readonly connections: number;
  readonly maxConnections?: number;
}

export interface RelaySettings {
  readonly config: Config;
  readonly environment: Environment;
}

const defaultConnections = 10;

/**
 * SMTP_URL, else those of the configuration, else the inbox that runs on this data folder. At least one.
 * @throws PaperboyError `relay-missing`, `environment-invalid`
 */
export async function openRelays({ config, environment }: RelaySettings): Promise<readonly OpenRelay[]> {
  if (environment.smtpUrl !== undefined) return [plainRelay(environment.smtpUrl)];
  const { relays } = config.sending;
  if (relays.length > 0) return relays.map((relay) => configuredRelay(relay, environment));
  const { inbox } = await readRunFile(environment.dataDir);
  if (inbox) return [plainRelay(`smtp://${inbox.smtp.host}:${inbox.smtp.port}`)];
  throw new PaperboyError('relay-missing', 'no SMTP server is configured', {
    hint: `set SMTP_URL, or give sending.relays in ${config.file}; or start \`paperboy up\`, which brings an inbox of its own`,
  });
}

function plainRelay(url: string): OpenRelay {
  const transport = createTransport(url, {});
  return {
    id: idOf(transport, url),
    name: transport.name,
    transport,
    profile: relayProfiles.plain,
    connections: defaultConnections,
  };
}

function configuredRelay(relay: RelayConfig, environment: Environment): OpenRelay {
  const password = relayPassword(relay, environment);
  const transport = createTransport(relay.url, {
    messagesPerConnection: relay.messagesPerConnection,
    chunking: relay.chunking,
    ...(password === undefined ? {} : { password }),
  });
  return {
    id: idOf(transport, relay.url),
    name: transport.name,
    transport,
    profile: relayProfiles[relay.profile],
    connections: relay.connections,
    ...(relay.maxConnections === undefined ? {} : { maxConnections: relay.maxConnections }),
    ...(relay.perMinute === undefined ? {} : { perMinute: relay.perMinute }),
  };
}

/** The same server and user are the same relay, whoever is configured with them: what it allows, it allows them all. */
function idOf({ name }: Transport, url: string): string {
  return createHash('sha256')
    .update(`${name}\n${relayUser(url)}`)
    .digest('hex')
    .slice(0, 12);
}
