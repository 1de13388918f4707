/** Asking the DNS for TXT records, within a time limit, and telling "there is none" from "nobody answered". */
import { Resolver } from 'node:dns/promises';
import { PaperboyError } from '../core/errors.ts';

export type TxtAnswer =
  /** Each record's strings put together; empty: there is no such record or no such name. */
  | { readonly type: 'answer'; readonly texts: readonly string[] }
  /** Nobody answered in time, or the answer was that it cannot be known. */
  | { readonly type: 'silent' };

/** Never rejects. */
export type AskTxt = (name: string) => Promise<TxtAnswer>;

export interface ResolverOptions {
  /** `192.0.2.1`, `[2001:db8::1]:5353`; absent: the servers of this machine. */
  readonly server?: string;
  /** For all questions together, from now on. Default 5 s. */
  readonly limitMs?: number;
}

/** @throws PaperboyError `usage` when the server is no address */
export function createTxtResolver({ server, limitMs = 5_000 }: ResolverOptions): AskTxt {
  const resolver = new Resolver({ timeout: Math.min(2_000, limitMs), tries: 2 });
  if (server !== undefined) {
    try {
      resolver.setServers([server]);
    } catch {
      throw new PaperboyError(
        'usage',
        `--dns: found ${JSON.stringify(server)}, expected the address of a DNS server, like 192.0.2.1 or 192.0.2.1:53`,
      );
    }
  }
  const deadline = performance.now() + limitMs;
  return async (name) => {
    const timer = setTimeout(() => resolver.cancel(), Math.max(0, deadline - performance.now()));
    try {
      return { type: 'answer', texts: (await resolver.resolveTxt(name)).map((strings) => strings.join('')) };
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      return hasNone.includes(code) ? { type: 'answer', texts: [] } : { type: 'silent' };
    } finally {
      clearTimeout(timer);
    }
  };
}

/** No such name; a name without such records. */
const hasNone = ['ENOTFOUND', 'ENODATA'];
