/** Which issues are out: may be shown to people who are no recipients, and what of them is the newest. */
import { correctionIdOf, originalIdOf } from '../core/ids.ts';
import type { Issue } from '../ledger/issue.ts';
import { readIssue } from '../ledger/issues.ts';
import { type LedgerDeps, ledgerNow } from '../ledger/ledger.ts';
import { readTally } from '../ledger/reader.ts';

/** An issue with its corrections: to readers they are one thing. */
export interface PublicIssue {
  /** Of the original, whatever was corrected since. */
  readonly id: string;
  /** What is read now: the last correction that is out, else the original. */
  readonly current: Issue;
  /** Milliseconds since the epoch: when it first went out. */
  readonly publishedAt: number;
  /** When a revision or correction changed it last; `publishedAt` when none did. */
  readonly updatedAt: number;
}

/** Corrections of one issue are numbered with at most two digits. */
const mostCorrections = 99;

/** @returns null when nothing of it is out: unknown, scheduled, cancelled, not kept any more, or nobody has it yet */
export async function readPublicIssue(ledger: LedgerDeps, id: string): Promise<PublicIssue | null> {
  const original = originalIdOf(id);
  const family = await readFamily(ledger, original);
  const now = await ledgerNow(ledger);
  const out: Issue[] = [];
  for (const issue of family) if (await isOut(ledger, issue, now)) out.push(issue);
  const current = out.at(-1);
  if (current === undefined) return null;
  const publishedAt = Math.min(...out.map(({ startsAt }) => startsAt));
  const updatedAt = Math.max(...out.map(({ startsAt, revisedAt }) => Math.max(startsAt, revisedAt)));
  return { id: original, current, publishedAt, updatedAt };
}

/** The original and its corrections, in order. */
async function readFamily(ledger: LedgerDeps, original: string): Promise<readonly Issue[]> {
  const first = await readIssue(ledger, original);
  const family = first === null ? [] : [first];
  for (let number = 1; number <= mostCorrections; number++) {
    const correction = await readIssue(ledger, correctionIdOf(original, number));
    if (correction === null) break;
    family.push(correction);
  }
  return family;
}

/** An issue is out once a relay has accepted a copy: what is paused before that may hold what nobody is to see. */
async function isOut(ledger: LedgerDeps, issue: Issue, now: number): Promise<boolean> {
  if (issue.control === 'cancelled' || issue.startsAt > now || issue.keptUntil <= now) return false;
  const { counts } = await readTally(ledger, issue.id);
  return counts.accepted > 0;
}
