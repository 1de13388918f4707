/** A relay that does not do what a command needs of it, as an error. */
import type { Settings } from '../app.ts';
import { PaperboyError } from '../core/errors.ts';
import { openRelays } from '../delivery/open-relays.ts';
import type { RelayProfile } from '../transport/relay-profile.ts';
import { type Connection, isConnection, type SendOutcome, type Transport } from '../transport/transport.ts';

/**
 * Connects to the first relay that answers and hangs up: a send that cannot even begin should say so before it
 * publishes anything.
 * @throws PaperboyError `relay-missing`, `smtp-unreachable`, `smtp-refused`
 */
export async function demandRelay(settings: Settings): Promise<void> {
  const { connection, transport } = await firstConnection(settings);
  await connection.close();
  await transport.close();
}

/**
 * A connection to the first relay that takes one; close it, then its transport.
 * @throws PaperboyError `relay-missing`, and `smtp-unreachable` or `smtp-refused` of the first when all fail
 */
export async function firstConnection(settings: Settings): Promise<{
  readonly connection: Connection;
  readonly transport: Transport;
  readonly profile: RelayProfile;
}> {
  let failure: PaperboyError | undefined;
  for (const { transport, profile } of await openRelays(settings)) {
    const connection = await transport.connect();
    if (isConnection(connection)) return { connection, transport, profile };
    failure ??= relayFailure(transport.name, connection);
    await transport.close();
  }
  throw failure;
}

/** @param relay its name for people */
export function relayFailure(relay: string, outcome: SendOutcome): PaperboyError {
  switch (outcome.type) {
    case 'accepted':
      throw new Error(`${relay} accepted the copy: that is no failure`);
    case 'refused': {
      const { stage, reply } = outcome.refusal;
      return new PaperboyError('smtp-refused', `${relay} refused at ${stage}: ${reply}`);
    }
    case 'broken':
      return new PaperboyError('smtp-unreachable', `${relay} cannot be used: ${outcome.error.message}`, {
        cause: outcome.error,
        hint: 'check SMTP_URL or sending.relays, and that the server runs',
      });
    case 'unknown':
      return new PaperboyError(
        'smtp-unreachable',
        `${relay} did not say whether it took the copy: ${outcome.error.message}`,
        { cause: outcome.error, hint: 'it may arrive all the same' },
      );
    case 'withheld':
      return new PaperboyError('interrupted', 'stopped before the copy was sent');
  }
}
