/** Publishing: a digest becomes an issue, once; or a new revision of it; or a correction to those who got it. */

import type { SubscriberStore } from '../../subscribers/store.ts';
import type { Config, Keyring } from '../config/config.ts';
import { PaperboyError } from '../core/errors.ts';
import { correctionIdOf, issueIdOf } from '../core/ids.ts';
import type { Digest } from '../digest/digest.ts';
import { demandRemembered } from '../ledger/forgotten-issues.ts';
import type { Issue } from '../ledger/issue.ts';
import {
  demandIssue,
  publishIssue,
  readIssue,
  readPreferenceSets,
  replanRows,
  reviseIssue,
} from '../ledger/issues.ts';
import { type LedgerDeps, ledgerNow } from '../ledger/ledger.ts';
import { readRows, readTally } from '../ledger/reader.ts';
import { contentHashOf, encodeContent, type IssueContent } from './content.ts';
import { demandCompleteSender, newsletterOf, topicsOf } from './newsletter.ts';
import { hasStoriesFor } from './plan-issue.ts';

export interface PublishDeps {
  readonly ledger: LedgerDeps;
  readonly config: Config;
  readonly keyring: Keyring;
  readonly subscribers: Pick<SubscriberStore, 'distinctPreferenceSets' | 'liftProvisional'>;
}

export interface PublishRequest {
  readonly newsletter: string;
  readonly digest: Digest;
  readonly subject?: string;
  /** Milliseconds since the epoch; absent: now. */
  readonly startsAt?: number;
  /** Each recipient's own hour is their send time. */
  readonly localHour?: boolean;
  /** `revise`: other content under the same id takes its place; `correct`: it is sent to those who have the first. */
  readonly change?: 'revise' | 'correct';
}

export interface Published {
  readonly issue: string;
  readonly revision: number;
  /** False when this content was published before: nothing new is sent. */
  readonly created: boolean;
  readonly recipients: number;
}

const hourMs = 3_600_000;

/**
 * Publishes, and no more: workers plan and deliver. Asking again with the same content changes nothing.
 * @throws PaperboyError `date-missing`, `sender-incomplete`, `newsletter-unknown`, `issue-differs`, `issue-phase`,
 *   `issue-forgotten`
 */
export async function publish(deps: PublishDeps, request: PublishRequest): Promise<Published> {
  demandCompleteSender(deps.config);
  const content = contentOf(request);
  const id = issueIdOf(newsletterOf(deps.config, request.newsletter).id, content.date);
  const existing = await readIssue(deps.ledger, id);
  const isSame = existing?.contentHash === contentHashOf(content);
  // A revision that was cut short between its two steps is completed by asking for it again.
  if (existing && isSame && request.change === 'revise') await replanServed(deps, existing, content);
  if (existing && !isSame) {
    if (request.change === 'revise') return await revise(deps, existing, content);
    if (request.change === 'correct') return await correct(deps, existing, content, request);
    throw differs(existing);
  }
  return await publishNew(deps, id, content, request);
}

function contentOf({ digest, subject }: PublishRequest): IssueContent {
  if (digest.date !== null) return { digest, date: digest.date, subject: subject ?? '' };
  throw new PaperboyError('date-missing', `the digest "${digest.title}" names no date`, {
    hint: 'give it with --date YYYY-MM-DD',
  });
}

function differs(issue: Issue): PaperboyError {
  return new PaperboyError(
    'issue-differs',
    `issue ${issue.id} was published with other content (revision ${issue.revision})`,
    {
      hint: '--revise puts this content in its place for copies not yet sent; --correct sends it to those who have the first',
    },
  );
}

interface Original {
  readonly id: string;
  readonly audience: Buffer;
}

async function publishNew(
  deps: PublishDeps,
  id: string,
  content: IssueContent,
  request: PublishRequest,
  original?: Original,
): Promise<Published> {
  const newsletter = newsletterOf(deps.config, request.newsletter);
  await demandRemembered(deps.ledger, id);
  await demandFewSets(deps, newsletter.id);
  const [messageIdKey] = deps.keyring.messageIdKeys;
  if (messageIdKey === undefined)
    throw new PaperboyError('keyring-invalid', 'the keyring has no Message-ID key');
  // Before the audience is taken: an address that was only provisionally suppressed gets another try when its time is up.
  await deps.subscribers.liftProvisional();
  const contentHash = contentHashOf(content);
  const { created, audience } = await publishIssue(deps.ledger, {
    id,
    newsletter: newsletter.id,
    date: content.date,
    content: encodeContent(content),
    contentHash,
    frequency: 'daily',
    delayMs: await delayUntil(deps.ledger, request.startsAt),
    maxAgeMs: newsletter.maxIssueAge * hourMs,
    freshMs: newsletter.freshHours * hourMs,
    localHour: request.localHour ?? false,
    keptMs: deps.config.retentionDays * 24 * hourMs,
    messageIdKey: messageIdKey.id,
    ...(original === undefined ? {} : { correctionOf: original.id, audience: original.audience }),
  });
  const issue = await demandIssue(deps.ledger, id);
  // Somebody else may have published something else between our look and our script.
  if (!created && issue.contentHash !== contentHash) throw differs(issue);
  return { issue: id, revision: issue.revision, created, recipients: audience };
}

/** So few topics cannot make more preference sets than a row can number. */
const harmlessTopics = 14;

/** A row has 16 bits for its preference set; some are left for readers who choose while the issue is planned. */
const mostSets = 60_000;

/** @throws PaperboyError `too-many-editions` */
async function demandFewSets(deps: PublishDeps, newsletter: string): Promise<void> {
  if (topicsOf(deps.config).length <= harmlessTopics) return;
  const { length } = await deps.subscribers.distinctPreferenceSets(newsletter);
  if (length <= mostSets) return;
  throw new PaperboyError(
    'too-many-editions',
    `the subscribers of ${newsletter} hold ${length} different preference sets; an issue has at most ${mostSets}`,
    { hint: 'fewer topics make fewer sets' },
  );
}

async function delayUntil(ledger: LedgerDeps, startsAt: number | undefined): Promise<number> {
  if (startsAt === undefined) return 0;
  return Math.max(0, startsAt - (await ledgerNow(ledger)));
}

async function revise(deps: PublishDeps, issue: Issue, content: IssueContent): Promise<Published> {
  const revision = await reviseIssue(deps.ledger, issue, encodeContent(content), contentHashOf(content));
  await replanServed(deps, await demandIssue(deps.ledger, issue.id), content);
  const { recipients } = await readTally(deps.ledger, issue.id);
  return { issue: issue.id, revision, created: true, recipients };
}

/** Readers who were skipped because the digest had nothing for them are planned when it has something now. */
async function replanServed(deps: PublishDeps, issue: Issue, content: IssueContent): Promise<void> {
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
    if (existing && existing.contentHash !== contentHashOf(content)) continue;
    return await publishNew(deps, id, content, request, { id: original.id, audience });
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
