/** What the DNS says of a sender, as findings: SPF, DKIM keys and DMARC, each with the record to publish where it lacks. */
import type { KeyObject } from 'node:crypto';
import { dkimRecord } from '../message/dkim-key.ts';
import { readDkimKeyRecord } from './dkim-key-record.ts';
import { appliedDmarc, readDmarc, treeWalk } from './dmarc.ts';
import { isReserved } from './reserved.ts';
import type { AskTxt } from './resolver.ts';
import { readSpf } from './spf.ts';

export interface RecordFinding {
  readonly check: 'spf' | 'dkim-record' | 'dmarc';
  readonly severity: 'ok' | 'warning';
  readonly message: string;
  readonly hint?: string;
}

export interface PublishedKey {
  readonly domain: string;
  readonly selector: string;
  readonly publicKey: KeyObject;
}

export interface SenderRecords {
  /** Domains of the From addresses; the envelope sender has the same. */
  readonly domains: readonly string[];
  readonly keys: readonly PublishedKey[];
  /** Host of the relay, for the SPF record to publish; null when it is unknown or this machine. */
  readonly relayHost: string | null;
}

/** All findings, in the order of domains and keys. */
export async function checkSenderRecords(ask: AskTxt, sender: SenderRecords): Promise<RecordFinding[]> {
  const { keys, relayHost } = sender;
  const domains = [...new Set(sender.domains.map((domain) => domain.toLowerCase()))];
  const looks = [
    ...domains.map((domain) => unlessReserved('spf', domain, () => checkSpf(ask, domain, relayHost))),
    ...keys.map((key) => unlessReserved('dkim-record', key.domain, () => checkKey(ask, key))),
    ...domains.map((domain) => unlessReserved('dmarc', domain, () => checkDmarc(ask, domain, keys))),
  ];
  return await Promise.all(looks);
}

async function unlessReserved(
  check: RecordFinding['check'],
  domain: string,
  look: () => Promise<Omit<RecordFinding, 'check'>>,
): Promise<RecordFinding> {
  if (isReserved(domain)) {
    return { check, severity: 'ok', message: `not checked: ${domain} is a name that nobody can own` };
  }
  return { check, ...(await look()) };
}

type Seen = Omit<RecordFinding, 'check'>;

const ok = (message: string): Seen => ({ severity: 'ok', message });
const warning = (message: string, hint: string): Seen => ({ severity: 'warning', message, hint });
const silent = (name: string): Seen =>
  warning(`${name}: not checked: DNS does not answer`, 'look again when this machine reaches a DNS server');
const publish = (name: string, record: string): string => `publish  ${name}  TXT  "${record}"`;

/** §4.6.4: a receiver that needs more gives up, and the mail counts as not authorized. */
const mostLookups = 10;

async function checkSpf(ask: AskTxt, domain: string, relayHost: string | null): Promise<Seen> {
  const answer = await ask(domain);
  if (answer.type === 'silent') return silent(domain);
  const record = `v=spf1 ${relayHost === null ? 'include:<your relay’s SPF domain>' : `a:${relayHost}`} ~all`;
  const spf = readSpf(answer.texts);
  switch (spf.type) {
    case 'missing':
      return warning(
        `${domain} has no SPF record`,
        `${publish(domain, record)}, or what your relay’s provider names`,
      );
    case 'several':
      return warning(
        `${domain} has ${spf.count} SPF records: receivers take that for an error`,
        'make them one',
      );
    case 'invalid':
      return warning(
        `${domain}: its SPF record cannot be read at ${JSON.stringify(spf.term)}`,
        'see RFC 7208 §5',
      );
    case 'found': {
      if (spf.record.all === '+') {
        return warning(`${domain}: its SPF record lets everybody send (+all)`, 'end it with ~all or -all');
      }
      const lookups = await countLookups(ask, [domain]);
      if (lookups > mostLookups) {
        return warning(
          `${domain}: its SPF record costs ${lookups} lookups, and receivers give up after ${mostLookups}`,
          'take out an include that is not needed, or name addresses with ip4: and ip6:',
        );
      }
      return ok(`${domain}: SPF record found, ${lookups} of ${mostLookups} lookups`);
    }
  }
}

/** With those of the records it includes; stops counting when it is too many in any case. */
async function countLookups(ask: AskTxt, names: readonly string[]): Promise<number> {
  const waiting = [...names];
  let lookups = 0;
  for (let name = waiting.shift(); name !== undefined && lookups <= mostLookups; name = waiting.shift()) {
    const answer = await ask(name);
    const spf = readSpf(answer.type === 'answer' ? answer.texts : []);
    if (spf.type !== 'found') continue;
    lookups += spf.record.lookups;
    waiting.push(...spf.record.reads);
  }
  return lookups;
}

async function checkKey(ask: AskTxt, { domain, selector, publicKey }: PublishedKey): Promise<Seen> {
  const name = `${selector}._domainkey.${domain}`;
  const answer = await ask(name);
  if (answer.type === 'silent') return silent(name);
  const hint = publish(name, dkimRecord(publicKey));
  const record = readDkimKeyRecord(answer.texts, publicKey);
  switch (record.type) {
    case 'missing':
      return warning(`${name}: the key is not published, so no signature can be verified`, hint);
    case 'several':
      return warning(`${name} has ${record.count} TXT records, and may have one`, hint);
    case 'revoked':
      return warning(`${name}: the key is revoked there (p= is empty)`, hint);
    case 'unusable':
      return warning(`${name}: the record ${record.why}`, hint);
    case 'other-key':
      return warning(`${name} publishes another key than the one that signs here`, hint);
    case 'matches':
      return ok(
        `${name} publishes the key that signs here${record.isTest ? ' (still marked as a test, t=y)' : ''}`,
      );
  }
}

async function checkDmarc(ask: AskTxt, domain: string, keys: readonly PublishedKey[]): Promise<Seen> {
  const walk = await Promise.all(
    treeWalk(domain).map(async (each) => ({ each, answer: await ask(`_dmarc.${each}`) })),
  );
  if (walk.some(({ answer }) => answer.type === 'silent')) return silent(`_dmarc.${domain}`);
  const read = walk.map(
    ({ each, answer }) => [each, readDmarc(answer.type === 'answer' ? answer.texts : [])] as const,
  );
  const several = read.find(([, dmarc]) => dmarc.type === 'several');
  if (several)
    return warning(`_dmarc.${several[0]} has several DMARC records: none of them counts`, 'make them one');
  const applied = appliedDmarc(read);
  if (applied === null) {
    return warning(
      `${domain} has no DMARC record; large mailbox providers ask for one of who sends to many`,
      publish(`_dmarc.${domain}`, 'v=DMARC1; p=none'),
    );
  }
  if (applied.record.isStrictDkim && keys.length > 0 && !keys.some((key) => key.domain === domain)) {
    return warning(
      `_dmarc.${applied.domain} wants signatures of ${domain} itself (adkim=s), and no key is of that domain`,
      `make one with \`paperboy dkim generate --domain ${domain}\`, or publish adkim=r`,
    );
  }
  const whose = applied.domain === domain ? '' : ` of _dmarc.${applied.domain}`;
  return ok(`${domain}: DMARC policy ${applied.policy}${whose}`);
}
