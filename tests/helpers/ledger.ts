/** Issues for ledger tests: subscribers by their bits alone, rows frozen without a digest. */

import { freezeStretch } from '../../src/ledger/freeze.ts';
import type { Issue } from '../../src/ledger/issue.ts';
import { demandIssue, type NewIssue, publishIssue } from '../../src/ledger/issues.ts';
import type { LedgerDeps } from '../../src/ledger/ledger.ts';
import type { Row } from '../../src/ledger/row.ts';
import { keys } from '../../src/redis/keys.ts';

export const testIssueId = 'ai-daily-2026-03-02';

const hourMs = 3_600_000;

export function newIssue(changes: Partial<NewIssue> = {}): NewIssue {
  return {
    id: testIssueId,
    newsletter: 'ai-daily',
    date: '2026-03-02',
    content: '{"digest":1}',
    contentHash: 'one',
    frequency: 'daily',
    delayMs: 0,
    maxAgeMs: 26 * hourMs,
    freshMs: 18 * hourMs,
    localHour: false,
    keptMs: 30 * 24 * hourMs,
    messageIdKey: 'k1',
    ...changes,
  };
}

export function plannedRow(sid: number, sendAt: number, changes: Partial<Row> = {}): Row {
  return {
    sid,
    fence: 0,
    sendAt,
    turnAt: sendAt,
    preferenceSet: 1,
    reply: 0,
    state: 'planned',
    attempts: 0,
    revision: 0,
    reason: 'none',
    ...changes,
  };
}

/** Publishes an issue to sids 1..size and freezes them into pages of `pageSize`. */
export async function publishAndFreeze(
  deps: LedgerDeps,
  size: number,
  pageSize = 500,
  changes: Partial<NewIssue> = {},
): Promise<Issue> {
  for (let sid = 1; sid <= size; sid++) await deps.redis.setbit(keys.eligible('ai-daily', 'daily'), sid, 1);
  const definition = newIssue(changes);
  await publishIssue(deps, definition);
  let issue = await demandIssue(deps, definition.id);
  const wave = Math.floor(issue.startsAt / 1000);
  for (let sid = 1; sid <= size; sid += pageSize) {
    const sids = Array.from({ length: Math.min(pageSize, size - sid + 1) }, (_, offset) => sid + offset);
    await freezeStretch(deps, {
      issue,
      nextSid: sid + sids.length,
      isLast: sid + sids.length > size,
      pages: [{ wave, lane: 'other', rows: sids.map((each) => plannedRow(each, wave)) }],
    });
    issue = await demandIssue(deps, definition.id);
  }
  return issue;
}
