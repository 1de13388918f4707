/** The first publication of an issue: its audience is taken, its repeats are left out, and it is there; all at once. */

import type { Frequency } from '../../subscribers/preferences.ts';
import type { SubscriberStore } from '../../subscribers/store.ts';
import type { Config, Keyring } from '../config/config.ts';
import { PaperboyError } from '../core/errors.ts';
import type { Digest } from '../digest/digest.ts';
import { demandRemembered } from '../ledger/forgotten-issues.ts';
import type { Issue } from '../ledger/issue.ts';
import { demandIssue, publishIssue } from '../ledger/issues.ts';
import { type LedgerDeps, ledgerNow } from '../ledger/ledger.ts';
import { contentHashOf, encodeContent, type IssueContent } from './content.ts';
import { publisherOf } from './leave-out-repeats.ts';
import { newsletterOf, topicsOf } from './newsletter.ts';

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
  /** Whom it is for: a weekly issue repeats what the daily ones told. Default `daily`. */
  readonly frequency?: Frequency;
  /** `revise`: other content under the same id takes its place; `correct`: it is sent to those who have the first. */
  readonly change?: 'revise' | 'correct';
}

export interface Published {
  readonly issue: string;
  readonly revision: number;
  /** False when this content was published before: nothing new is sent. */
  readonly created: boolean;
  readonly recipients: number;
  /** Stories left out because the newsletter had published them; absent when nothing was published now. */
  readonly repeats?: number;
}

const hourMs = 3_600_000;

/** The issue that is corrected, and who has it. */
export interface Original {
  readonly id: string;
  readonly audience: Buffer;
}

/** @throws PaperboyError `keyring-invalid`, `too-many-editions`, `issue-differs`, `issue-forgotten`, and of repeats */
export async function publishNew(
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
  const settings = {
    id,
    newsletter: newsletter.id,
    date: content.date,
    contentHash,
    frequency: request.frequency ?? 'daily',
    delayMs: await delayUntil(deps.ledger, request.startsAt),
    maxAgeMs: newsletter.maxIssueAge * hourMs,
    freshMs: newsletter.freshHours * hourMs,
    localHour: request.localHour ?? false,
    keptMs: deps.config.retentionDays * 24 * hourMs,
    messageIdKey: messageIdKey.id,
    ...(original === undefined ? {} : { correctionOf: original.id, audience: original.audience }),
  };
  const place = { newsletter: newsletter.id, issue: id };
  const { created, audience, repeats } = await publisherOf(request)(
    deps.ledger,
    place,
    content,
    async (unrepeated) => {
      const { published } = unrepeated;
      const issue = {
        ...settings,
        content: encodeContent(unrepeated.content),
        ...(published === undefined ? {} : { published }),
      };
      const made = await publishIssue(deps.ledger, issue);
      return made && { ...made, repeats: unrepeated.repeats };
    },
  );
  const issue = await demandIssue(deps.ledger, id);
  // Somebody else may have published something between our look and our script.
  if (!created && issue.contentHash !== contentHash) throw differs(issue);
  const { revision } = issue;
  return { issue: id, revision, created, recipients: audience, ...(created ? { repeats } : {}) };
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

export function differs(issue: Issue): PaperboyError {
  return new PaperboyError(
    'issue-differs',
    `issue ${issue.id} was published with other content (revision ${issue.revision})`,
    {
      hint: '--revise puts this content in its place for copies not yet sent; --correct sends it to those who have the first',
    },
  );
}
