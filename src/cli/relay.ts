/** A relay that does not do what a command needs of it, as an error. */
import { openTransport, type Settings } from '../app.ts';
import { PaperboyError } from '../core/errors.ts';
import { isConnection, type SendOutcome } from '../transport/transport.ts';

/**
 * Connects once and hangs up: a send that cannot even begin should say so before it publishes anything.
 * @throws PaperboyError `relay-missing`, `smtp-unreachable`, `smtp-refused`
 */
export async function demandRelay(settings: Settings): Promise<void> {
  const transport = await openTransport(settings);
  try {
    const opened = await transport.connect();
    if (!isConnection(opened)) throw relayFailure(transport.name, opened);
    await opened.close();
  } finally {
    await transport.close();
  }
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
