/** DMARC records (RFC 9989): where they are looked for, which of them applies, and what it asks. */
import { parseTags } from './tags.ts';

export type DmarcPolicy = 'none' | 'quarantine' | 'reject';

export interface DmarcRecord {
  /** `p`; null when it is absent or none of the three: receivers then take it for `none` (§4.7). */
  readonly policy: DmarcPolicy | null;
  /** `sp`, for domains below; null: as `policy`. */
  readonly below: DmarcPolicy | null;
  /** Whether the signing domain must be From's own (`adkim=s`), not only of the same organization. */
  readonly isStrictDkim: boolean;
  /** `psd`: whether this is the domain of a registry (`y`), or certainly none (`n`); `u` says nothing. */
  readonly psd: 'y' | 'n' | 'u';
  readonly hasReports: boolean;
}

/** What one name has. */
export type Dmarc =
  | { readonly type: 'missing' }
  /** §4.10: then none of them counts. */
  | { readonly type: 'several' }
  | { readonly type: 'found'; readonly record: DmarcRecord };

/** @param texts all TXT records of `_dmarc.<domain>` */
export function readDmarc(texts: readonly string[]): Dmarc {
  const records = texts.flatMap((text) => {
    const tags = /^v\s*=\s*DMARC1\s*(?:;|$)/.test(text) ? parseTags(text) : null;
    return tags === null ? [] : [tags];
  });
  const [tags] = records;
  if (tags === undefined) return { type: 'missing' };
  if (records.length > 1) return { type: 'several' };
  const psd = tags.get('psd');
  return {
    type: 'found',
    record: {
      policy: policyOf(tags.get('p')),
      below: policyOf(tags.get('sp')),
      isStrictDkim: tags.get('adkim') === 's',
      psd: psd === 'y' || psd === 'n' ? psd : 'u',
      hasReports: /^mailto:/i.test(tags.get('rua') ?? ''),
    },
  };
}

function policyOf(value: string | undefined): DmarcPolicy | null {
  const policy = value?.toLowerCase();
  return policy === 'none' || policy === 'quarantine' || policy === 'reject' ? policy : null;
}

/** Labels of the longest name that is asked above a domain of eight or more (§4.10). */
const longestAbove = 7;

/** The domains of the tree walk, the domain itself first, the top-level domain last: at most eight. */
export function treeWalk(domain: string): string[] {
  const labels = domain.split('.');
  const above = labels.slice(labels.length > longestAbove ? -longestAbove : 1);
  return [domain, ...above.map((_, index) => above.slice(index).join('.'))];
}

export interface AppliedDmarc {
  /** Whose record it is. */
  readonly domain: string;
  readonly record: DmarcRecord;
  readonly policy: DmarcPolicy;
}

/**
 * The record that applies to mail from a domain: its own, else that of its organization, else that of the registry.
 * @param walk domain and what was found there, in the order of `treeWalk`
 */
export function appliedDmarc(walk: readonly (readonly [string, Dmarc])[]): AppliedDmarc | null {
  const found = walk.flatMap(([domain, dmarc]) =>
    dmarc.type === 'found' ? [{ domain, record: dmarc.record }] : [],
  );
  const [start] = walk[0] ?? [];
  const own = found.find(({ domain }) => domain === start);
  if (own) return { ...own, policy: own.record.policy ?? 'none' };
  // §4.10.2: a record that says it is no registry's ends the walk; one that says it is, does so as well.
  const end = found.findIndex(({ record }) => record.psd !== 'u');
  const reached = end === -1 ? found : found.slice(0, end + 1);
  const [last, before] = [reached.at(-1), reached.at(-2)];
  const inherited = last?.record.psd === 'y' && before ? before : last;
  if (inherited === undefined) return null;
  const { below, policy } = inherited.record;
  return { ...inherited, policy: below ?? policy ?? 'none' };
}
