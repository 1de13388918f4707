/** Verification: the rows counted again, against the counts and against everyone eligible at publication. */
import { phaseOf } from './issue.ts';
import { demandIssue, demandRows, readAudience } from './issues.ts';
import { type LedgerDeps, ledgerNow } from './ledger.ts';
import { readPage, readPageSizes, readTally, type Tally } from './reader.ts';
import type { Row } from './row.ts';
import { type DeliveryState, deliveryStates } from './states.ts';

export interface Gap {
  readonly page?: number;
  readonly sid?: number;
  readonly state?: DeliveryState;
  readonly expected: number | string;
  readonly found: number | string;
  readonly reason: string;
}

export interface Verification {
  readonly recipients: number;
  /** Recipients that stand in exactly one row (or, while planning goes on, are still to be given one). */
  readonly accounted: number;
  readonly gaps: readonly Gap[];
}

/** How many gaps are listed one by one; what is beyond is told as a number. */
const gapLimit = 1_000;

const attempts = 5;

/**
 * Reads every row of an issue and compares. A send that is under way moves rows while they are read: then rows against
 * the audience are still compared, and the counts once they stood still while all rows were read.
 * @throws PaperboyError `issue-unknown`, `rows-gone`
 */
export async function verifyIssue(deps: LedgerDeps, id: string): Promise<Verification> {
  for (let attempt = 1; ; attempt++) {
    const before = await readTally(deps, id);
    const issue = await demandIssue(deps, id);
    await demandRows(deps, issue);
    const audience = await readAudience(deps, id);
    const pages = new Map<number, Row[]>();
    const gaps: Gap[] = [];
    for (let page = 1; page <= issue.pages; page++) {
      pages.set(page, await readPageOrGap(deps, id, page, gaps));
    }
    const sizes = await readPageSizes(deps, id);
    const after = await readTally(deps, id);
    const isStill = JSON.stringify(before) === JSON.stringify(after);
    const phase = phaseOf(issue, after.counts, await ledgerNow(deps));
    if (!isStill && attempt < attempts) continue;

    const rows = [...pages.values()].flat();
    comparePages(pages, sizes, gaps);
    const accounted = compareAudience(
      pages,
      audience,
      issue.isPlanned ? Number.MAX_SAFE_INTEGER : issue.planCursor,
      gaps,
    );
    const unplanned = issue.isPlanned ? 0 : after.recipients - rows.length;
    if (isStill || phase === 'done') compareCounts(rows, unplanned, after, gaps);
    compareIdentity(after, gaps);
    return { recipients: after.recipients, accounted, gaps: gaps.slice(0, gapLimit) };
  }
}

/** A page that cannot be read has no rows that count, and says so. */
async function readPageOrGap(deps: LedgerDeps, id: string, page: number, gaps: Gap[]): Promise<Row[]> {
  try {
    return await readPage(deps, id, page);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    gaps.push({ page, expected: 'whole rows', found: error.message, reason: 'the page is damaged' });
    return [];
  }
}

function comparePages(
  pages: ReadonlyMap<number, readonly Row[]>,
  sizes: ReadonlyMap<number, number>,
  gaps: Gap[],
): void {
  for (const [page, rows] of pages) {
    const expected = sizes.get(page) ?? 0;
    if (rows.length !== expected) {
      gaps.push({
        page,
        expected,
        found: rows.length,
        reason: 'the page has not the rows it was frozen with',
      });
    }
  }
}

/** @param plannedBelow only sids below it can be expected to have a row */
function compareAudience(
  pages: ReadonlyMap<number, readonly Row[]>,
  audience: Buffer,
  plannedBelow: number,
  gaps: Gap[],
): number {
  const seen = new Map<number, number>();
  let accounted = 0;
  for (const [page, rows] of pages) {
    for (const { sid } of rows) {
      const first = seen.get(sid);
      if (first !== undefined) {
        gaps.push({
          page,
          sid,
          expected: 1,
          found: 2,
          reason: `the subscriber also has a row in page ${first}`,
        });
        continue;
      }
      seen.set(sid, page);
      if (isInAudience(audience, sid)) accounted++;
      else
        gaps.push({
          page,
          sid,
          expected: 0,
          found: 1,
          reason: 'the subscriber was not eligible at publication',
        });
    }
  }
  for (const sid of audienceSids(audience)) {
    if (seen.has(sid)) continue;
    if (sid < plannedBelow) {
      gaps.push({
        sid,
        expected: 1,
        found: 0,
        reason: 'the subscriber was eligible at publication and has no row',
      });
    } else accounted++;
  }
  return accounted;
}

function compareCounts(rows: readonly Row[], unplanned: number, tally: Tally, gaps: Gap[]): void {
  const found = new Map<DeliveryState, number>();
  for (const row of rows) found.set(row.state, (found.get(row.state) ?? 0) + 1);
  for (const state of deliveryStates) {
    const inRows = (found.get(state) ?? 0) + (state === 'planned' ? unplanned : 0);
    if (inRows !== tally.counts[state]) {
      gaps.push({
        state,
        expected: tally.counts[state],
        found: inRows,
        reason: 'the count differs from the rows',
      });
    }
  }
}

function compareIdentity(tally: Tally, gaps: Gap[]): void {
  const sum = deliveryStates.reduce((total, state) => total + tally.counts[state], 0);
  if (sum !== tally.recipients) {
    gaps.push({
      expected: tally.recipients,
      found: sum,
      reason: 'the counts do not add up to the recipients',
    });
  }
}

function isInAudience(audience: Buffer, sid: number): boolean {
  return (((audience[sid >> 3] ?? 0) >> (7 - (sid & 7))) & 1) === 1;
}

/** The sids of a bitmap as SETBIT makes it, ascending, from `from` on. */
export function* audienceSids(audience: Buffer, from = 0): Generator<number> {
  for (let byte = from >> 3; byte < audience.length; byte++) {
    const bits = audience[byte] ?? 0;
    if (bits === 0) continue;
    for (let bit = 0; bit < 8; bit++) {
      const sid = byte * 8 + bit;
      if (sid >= from && (bits >> (7 - bit)) & 1) yield sid;
    }
  }
}
