/** Publishing: a digest becomes an issue, once; or a new revision of it; or a correction to those who got it. */

import { PaperboyError } from '../core/errors.ts';
import { correctionIdOf, issueIdOf, weeklyIssueIdOf } from '../core/ids.ts';
import type { Issue } from '../ledger/issue.ts';
import { demandIssue, readContent, readIssue, reviseIssue } from '../ledger/issues.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';
import { readPreferenceSets } from '../ledger/preference-sets.ts';
import { readRows, readTally } from '../ledger/reader.ts';
import { replanRows } from '../ledger/replan.ts';
import { contentHashOf, decodeContent, encodeContent, type IssueContent } from './content.ts';
import { publisherOf } from './leave-out-repeats.ts';
import { demandCompleteSender, newsletterOf } from './newsletter.ts';
import { hasStoriesFor } from './plan-issue.ts';
import { differs, type PublishDeps, type Published, type PublishRequest, publishNew } from './publish-new.ts';

/**
 * Publishes, and no more: workers plan and deliver. Asking again with the same content changes nothing.
 * @throws PaperboyError `date-missing`, `sender-incomplete`, `newsletter-unknown`, `issue-differs`, `issue-phase`,
 *   `issue-forgotten`, `only-repeats`, `publish-raced`
 */
export async function publish(deps: PublishDeps, request: PublishRequest): Promise<Published> {
  demandCompleteSender(deps.config);
  const content = contentOf(request);
  const idOf = request.frequency === 'weekly' ? weeklyIssueIdOf : issueIdOf;
  const id = idOf(newsletterOf(deps.config, request.newsletter).id, content.date);
  const existing = await readIssue(deps.ledger, id);
  const isSame = existing?.contentHash === contentHashOf(content);
  if (existing === null) return await publishNew(deps, id, content, request);
  // A revision that was cut short between its two steps is completed by asking for it again.
  if (isSame && request.change === 'revise') await replanServed(deps, existing);
  if (isSame) return await unchanged(deps, existing);
  if (request.change === 'revise') return await revise(deps, existing, content, request);
  if (request.change === 'correct') return await correct(deps, existing, content, request);
  throw differs(existing);
}

function contentOf({ digest, subject }: PublishRequest): IssueContent {
  if (digest.date !== null) return { digest, date: digest.date, subject: subject ?? '' };
  throw new PaperboyError('date-missing', `the digest "${digest.title}" names no date`, {
    hint: 'give it with --date YYYY-MM-DD',
  });
}

async function unchanged(deps: PublishDeps, { id, revision }: Issue): Promise<Published> {
  const { recipients } = await readTally(deps.ledger, id);
  return { issue: id, revision, created: false, recipients };
}

async function revise(
  deps: PublishDeps,
  issue: Issue,
  content: IssueContent,
  request: PublishRequest,
): Promise<Published> {
  const place = { newsletter: issue.newsletter, issue: issue.id };
  const { revision, repeats } = await publisherOf(request)(
    deps.ledger,
    place,
    content,
    async (unrepeated) => {
      const { published } = unrepeated;
      const json = encodeContent(unrepeated.content);
      const revision = await reviseIssue(deps.ledger, issue, json, contentHashOf(content), published);
      return revision === null ? null : { revision, repeats: unrepeated.repeats };
    },
  );
  await replanServed(deps, await demandIssue(deps.ledger, issue.id));
  const { recipients } = await readTally(deps.ledger, issue.id);
  return { issue: issue.id, revision, created: true, recipients, repeats };
}

/** Readers who were skipped because the digest had nothing for them are planned when it has something now. */
async function replanServed(deps: PublishDeps, issue: Issue): Promise<void> {
  const content = decodeContent(await readContent(deps.ledger, issue.id, issue.revision));
  const sets = await readPreferenceSets(deps.ledger, issue.id);
  const served = [...sets].filter(([, key]) => hasStoriesFor(content, issue, key)).map(([number]) => number);
  if (served.length === 0) return;
  await replanRows(deps.ledger, issue, {
    state: 'skipped',
    reason: 'no-stories',
    olderThanMs: 0,
    sets: served,
    livingFences: [],
  });
}

/** A correction is an issue of its own; the same correction again is the same issue. */
async function correct(
  deps: PublishDeps,
  original: Issue,
  content: IssueContent,
  request: PublishRequest,
): Promise<Published> {
  const audience = await whoHasIt(deps.ledger, original);
  for (let number = 1; ; number++) {
    const id = correctionIdOf(original.id, number);
    const existing = await readIssue(deps.ledger, id);
    if (existing === null) {
      return await publishNew(deps, id, content, request, { id: original.id, audience });
    }
    if (existing.contentHash === contentHashOf(content)) return await unchanged(deps, existing);
  }
}

/** A bitmap by sid of those whose copy was accepted, or may have been. */
async function whoHasIt(ledger: LedgerDeps, issue: Issue): Promise<Buffer> {
  const sids: number[] = [];
  for await (const row of readRows(ledger, issue)) {
    if (row.state === 'accepted' || row.state === 'uncertain') sids.push(row.sid);
  }
  const bitmap = Buffer.alloc(Math.floor((sids.reduce((a, b) => Math.max(a, b), 0) + 8) / 8));
  for (const sid of sids) bitmap[sid >> 3] = (bitmap[sid >> 3] ?? 0) | (1 << (7 - (sid & 7)));
  return bitmap;
}
