/** Digests that a newsletter published lately, as far as they are kept: what is usual for it. Changes nothing. */
import type { Frequency } from '../../subscribers/preferences.ts';
import { toPaperboyError } from '../core/errors.ts';
import { issueIdOf } from '../core/ids.ts';
import type { Digest } from '../digest/digest.ts';
import type { PublishedIssue } from '../edition/repeats.ts';
import { readContent, readIssue } from '../ledger/issues.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';
import { decodeContent } from './content.ts';
import { publishedBefore } from './leave-out-repeats.ts';

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

export interface ComparedWith {
  /** What the newsletter published in the last 14 days. */
  readonly published: readonly PublishedIssue[];
  /** Its digests of the last weeks. */
  readonly past: readonly Digest[];
}

/**
 * What a digest is held against before it is sent: of daily issues those before it, of weekly ones nothing, because they
 * repeat on purpose and are no measure for each other.
 */
export async function comparedWith(
  ledger: LedgerDeps,
  newsletter: string,
  date: string | null,
  frequency: Frequency,
): Promise<ComparedWith> {
  if (frequency === 'weekly') return { published: [], past: [] };
  const [published, past] = await Promise.all([
    publishedBefore(ledger, newsletter, issueIdOf(newsletter, date ?? '')),
    pastDigests(ledger, newsletter, date),
  ]);
  return { published, past };
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
