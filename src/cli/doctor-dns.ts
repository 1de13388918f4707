/** What `doctor` asks the DNS: the records of every newsletter's From domain, and of every DKIM key. */
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import type { Settings } from '../app.ts';
import { isReserved } from '../dns/reserved.ts';
import type { AskTxt } from '../dns/resolver.ts';
import { checkSenderRecords, type PublishedKey, type RecordFinding } from '../dns/sender-records.ts';

export async function lookAtDns(
  { config, environment }: Settings,
  keys: readonly PublishedKey[],
  ask: AskTxt,
): Promise<RecordFinding[]> {
  const domains = config.newsletters.map(({ from }) => domainToASCII(from.address.split('@').at(-1) ?? ''));
  const relay = environment.smtpUrl ?? config.sending.relays[0]?.url;
  return await checkSenderRecords(ask, { domains, keys, relayHost: publicHost(relay) });
}

/** Null for a relay on this machine or in its network: what receivers see is not that address. */
function publicHost(url: string | undefined): string | null {
  const host = url !== undefined && /^smtps?:/i.test(url) ? new URL(url).hostname : '';
  return isReserved(host) || isIP(host) !== 0 ? null : host;
}
