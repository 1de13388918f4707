/** Digests that a newsletter published lately, as far as they are kept: what is usual for it. Changes nothing. */
import { toPaperboyError } from '../core/errors.ts';
import { issueIdOf } from '../core/ids.ts';
import type { Digest } from '../digest/digest.ts';
import { readContent, readIssue } from '../ledger/issues.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';
import { decodeContent } from './content.ts';

/** Longer ago is another season; digests are kept for 14 days at least and thirty unless told otherwise. */
export const pastDays = 30;

const dayMs = 86_400_000;

/**
 * The digests of the days before `date`, newest first, cancelled issues and corrections left out.
 * @param date `YYYY-MM-DD` of the issue to come; null: nothing can be said of what came before
 */
export async function pastDigests(
  ledger: LedgerDeps,
  newsletter: string,
  date: string | null,
): Promise<readonly Digest[]> {
  const day = Date.parse(date ?? '');
  if (Number.isNaN(day)) return [];
  const ids = Array.from({ length: pastDays }, (_, before) =>
    issueIdOf(newsletter, new Date(day - (before + 1) * dayMs).toISOString().slice(0, 10)),
  );
  const digests = await Promise.all(ids.map((id) => keptDigest(ledger, id)));
  return digests.filter((digest) => digest !== null);
}

async function keptDigest(ledger: LedgerDeps, id: string): Promise<Digest | null> {
  const issue = await readIssue(ledger, id);
  if (issue === null || issue.control === 'cancelled') return null;
  try {
    return decodeContent(await readContent(ledger, id, issue.revision)).digest;
  } catch (thrown) {
    if (toPaperboyError(thrown).code === 'issue-unknown') return null; // retention has removed it
    throw thrown;
  }
}
