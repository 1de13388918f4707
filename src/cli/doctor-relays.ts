/** What `doctor` hears from the relays. */
import type { Settings } from '../app.ts';
import { exitStatus } from '../core/errors.ts';
import { type OpenRelay, openRelays } from '../delivery/open-relays.ts';
import { isConnection } from '../transport/transport.ts';
import { type Finding, look } from './doctor-finding.ts';

export async function lookAtRelays(settings: Settings, findings: Finding[]): Promise<void> {
  const relays = await look(findings, 'relay', async () => ({ value: await openRelays(settings) }));
  for (const relay of relays ?? []) await lookAtRelay(relay, findings);
}

async function lookAtRelay({ transport }: OpenRelay, findings: Finding[]): Promise<void> {
  try {
    const opened = await transport.connect();
    if (isConnection(opened)) {
      findings.push({
        check: 'relay',
        severity: 'ok',
        message: `${transport.name} takes mail`,
        status: exitStatus.ok,
      });
      return await opened.close();
    }
    const why =
      opened.type === 'refused'
        ? opened.refusal.reply
        : 'error' in opened
          ? opened.error.message
          : opened.type;
    findings.push({
      check: 'relay',
      severity: 'error',
      message: `${transport.name} does not take mail: ${why}`,
      status: exitStatus.unavailable,
    });
  } finally {
    await transport.close();
  }
}
