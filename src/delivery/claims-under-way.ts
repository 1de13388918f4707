/**
 * The claims that this process works on. What the ledger keeps as a claim of its life and is none of them is nobody's: it
 * was asked for and given up when no answer came, and the question came after all, late or a second time (over a line
 * that was cut; ioredis sends again what was on its way). A worker that lives would hold its rows for ever.
 */
import type { Logger } from '../core/log.ts';
import { releaseClaim } from '../ledger/claims.ts';
import { openClaims } from '../ledger/incarnations.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';

export interface ClaimsUnderWay {
  /** Begin before the claim is asked for, end when it is released: in between it is left alone. */
  during<Result>(fence: number, work: () => Promise<Result>): Promise<Result>;
  /** Closes the claims of this life that nobody works on. To be called again and again. @throws Redis' errors */
  giveBackOthers(incarnation: string): Promise<void>;
}

export function createClaimsUnderWay({
  ledger,
  log,
}: {
  readonly ledger: LedgerDeps;
  readonly log: Logger;
}): ClaimsUnderWay {
  const fences = new Set<number>();
  return {
    during: async (fence, work) => {
      fences.add(fence);
      try {
        return await work();
      } finally {
        fences.delete(fence);
      }
    },
    giveBackOthers: async (incarnation) => {
      for (const claim of await openClaims(ledger, incarnation)) {
        // One that was closed while the list was on its way is closed again: that changes nothing.
        if (fences.has(claim.fence)) continue;
        const rows = await releaseClaim(ledger, claim, incarnation);
        const { issueId: issue, page, fence } = claim;
        if (rows !== 0) log.warn({ issue, page, fence, rows }, 'a claim that nobody works on was given back');
      }
    },
  };
}
