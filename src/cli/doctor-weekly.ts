/** What `doctor` says of weekly readers: they get no mail at all while nobody sends an issue of the week. */
import type { App } from '../app.ts';
import { isWeeklyIssueId } from '../core/ids.ts';
import { listIssueIdsSince, readIssue } from '../ledger/issues.ts';
import { type LedgerDeps, ledgerNow } from '../ledger/ledger.ts';
import { counted } from './counted.ts';
import type { Finding } from './doctor-finding.ts';

/** A week, and a day for whoever sends it a little later than the last one. */
const patienceMs = 8 * 86_400_000;

/** One for each newsletter that has weekly readers and no weekly issue of the last 8 days; cancelled ones do not count. */
export async function lookAtWeeklyReaders({
  config,
  ledger,
  subscribers,
}: Pick<App, 'config' | 'ledger' | 'subscribers'>): Promise<Omit<Finding, 'status'>[]> {
  const served = await servedNewsletters(ledger);
  const findings: Omit<Finding, 'status'>[] = [];
  for (const { id } of config.newsletters) {
    const waiting = served.has(id) ? 0 : await subscribers.countEligible(id, 'weekly');
    if (waiting === 0) continue;
    findings.push({
      check: 'weekly',
      severity: 'warning',
      message: `${counted(waiting, 'weekly reader', 'weekly readers')} of ${id} had no weekly issue in the last 8 days`,
      hint: `\`paperboy send week.md --newsletter ${id} --weekly\` sends them one`,
    });
  }
  return findings;
}

/** Newsletters of which a weekly issue was published lately. */
async function servedNewsletters(ledger: LedgerDeps): Promise<ReadonlySet<string>> {
  const ids = await listIssueIdsSince(ledger, (await ledgerNow(ledger)) - patienceMs + 1);
  const issues = await Promise.all(ids.filter(isWeeklyIssueId).map((id) => readIssue(ledger, id)));
  return new Set(issues.flatMap((issue) => (issue && issue.control !== 'cancelled' ? issue.newsletter : [])));
}
