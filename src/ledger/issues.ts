/** Issues in the ledger: published once, paused, resumed, cancelled, revised. */
import { PaperboyError } from '../core/errors.ts';
import { keys } from '../redis/keys.ts';
import { type Control, decodeIssue, type Issue } from './issue.ts';
import { controlScript, publishScript, reviseScript } from './issue-scripts.ts';
import { type LedgerDeps, ledgerNow, timeArgument } from './ledger.ts';
import { type PublishedStories, publishedArguments, unremembered } from './published.ts';

export interface NewIssue {
  readonly id: string;
  readonly newsletter: string;
  readonly date: string;
  /** JSON of what is published; read back by `readContent`. */
  readonly content: string;
  readonly contentHash: string;
  readonly frequency: string;
  /** From now, in milliseconds; 0 starts at once. */
  readonly delayMs: number;
  readonly maxAgeMs: number;
  readonly freshMs: number;
  readonly localHour: boolean;
  /** How long rows, digests and audience are kept; the counts stay for ever. */
  readonly keptMs: number;
  readonly messageIdKey: string;
  readonly correctionOf?: string;
  /** The audience as a bitmap by sid, for a correction; absent: everyone eligible now. */
  readonly audience?: Buffer;
  /** What counts as published from now on; absent for an issue that repeats others on purpose. */
  readonly published?: PublishedStories;
}

/**
 * @returns whether it was made now (false: it existed, and nothing changed), and the size of its audience; null, and
 *   nothing is changed, when what the newsletter has published is not any more what `published` was made after
 */
export async function publishIssue(
  deps: LedgerDeps,
  issue: NewIssue,
): Promise<{ readonly created: boolean; readonly audience: number } | null> {
  const fields = {
    newsletter: issue.newsletter,
    date: issue.date,
    contentHash: issue.contentHash,
    freshMs: issue.freshMs,
    localHour: issue.localHour ? 1 : 0,
    messageIdKey: issue.messageIdKey,
    correctionOf: issue.correctionOf ?? '',
  };
  const reply = await publishScript.run(
    deps.redis,
    [
      keys.issue(issue.id),
      keys.issues,
      keys.counts(issue.id),
      keys.digests(issue.id),
      keys.audience(issue.id),
      keys.due,
      keys.eligible(issue.newsletter, issue.frequency),
      keys.published(issue.newsletter),
    ],
    [
      timeArgument(deps),
      issue.id,
      issue.content,
      issue.delayMs,
      issue.maxAgeMs,
      issue.audience ?? '',
      issue.keptMs,
      ...rememberedOf(issue.id, issue.date, issue.published),
      ...Object.entries(fields).flat(),
    ],
  );
  const [created, audience = 0] = reply as [number, number?];
  return created === -1 ? null : { created: created === 1, audience };
}

function rememberedOf(id: string, date: string, published: PublishedStories | undefined): readonly string[] {
  return published === undefined ? unremembered : publishedArguments(id, date, published);
}

/** @returns null for an unknown issue */
export async function readIssue(deps: LedgerDeps, id: string): Promise<Issue | null> {
  return decodeIssue(id, await deps.redis.hgetall(keys.issue(id)));
}

/** @throws PaperboyError `issue-unknown` */
export async function demandIssue(deps: LedgerDeps, id: string): Promise<Issue> {
  const issue = await readIssue(deps, id);
  if (issue) return issue;
  throw new PaperboyError('issue-unknown', `there is no issue ${JSON.stringify(id)}`, {
    hint: 'paperboy issues lists those that were published',
  });
}

/** @throws PaperboyError `rows-gone` when retention has removed the rows */
export async function demandRows(deps: LedgerDeps, issue: Issue): Promise<void> {
  if ((await ledgerNow(deps)) < issue.keptUntil) return;
  const until = new Date(issue.keptUntil).toISOString();
  throw new PaperboyError('rows-gone', `the rows of issue ${issue.id} were kept until ${until}`, {
    hint: 'its counts are kept for ever: see `paperboy status`; retentionDays says how long rows are',
  });
}

/** Ids of the issues published since then, newest first. @param since milliseconds since the epoch */
export async function listIssueIdsSince(deps: LedgerDeps, since: number): Promise<string[]> {
  return await deps.redis.zrevrangebyscore(keys.issues, '+inf', since);
}

/** Ids of all issues, newest first. */
export async function listIssueIds(deps: LedgerDeps): Promise<string[]> {
  return await deps.redis.zrevrange(keys.issues, 0, -1);
}

/** The published content of a revision as JSON text. @throws PaperboyError `issue-unknown` when it is gone */
export async function readContent(deps: LedgerDeps, id: string, revision: number): Promise<string> {
  const content = await deps.redis.hget(keys.digests(id), String(revision));
  if (content !== null) return content;
  throw new PaperboyError(
    'issue-unknown',
    `the content of issue ${id}, revision ${revision}, is not kept any more`,
  );
}

/** Everyone eligible at publication: a bitmap by sid, first bit highest, as SETBIT makes it. */
export async function readAudience(deps: LedgerDeps, id: string): Promise<Buffer> {
  return (await deps.redis.getBuffer(keys.audience(id))) ?? Buffer.alloc(0);
}

/** @returns the control before. @throws PaperboyError `issue-unknown`, or `issue-phase` for a cancelled issue */
export async function setControl(deps: LedgerDeps, id: string, control: Control): Promise<Control> {
  const { newsletter } = await demandIssue(deps, id);
  const before = await controlScript.run(
    deps.redis,
    [keys.issue(id), keys.due, keys.published(newsletter)],
    [timeArgument(deps), id, control],
  );
  if (before === 'none') await demandIssue(deps, id);
  if (before === 'cancelled' && control !== 'cancelled') {
    throw new PaperboyError('issue-phase', `issue ${id} is cancelled; that cannot be undone`);
  }
  return before as Control;
}

/**
 * @param published as in `NewIssue`
 * @returns the new revision; null as `publishIssue` does
 * @throws PaperboyError `issue-phase` when it is cancelled or was revised meanwhile
 */
export async function reviseIssue(
  deps: LedgerDeps,
  issue: Issue,
  content: string,
  contentHash: string,
  published?: PublishedStories,
): Promise<number | null> {
  const revision = await reviseScript.run(
    deps.redis,
    [keys.issue(issue.id), keys.digests(issue.id), keys.due, keys.published(issue.newsletter)],
    [
      timeArgument(deps),
      issue.id,
      issue.revision,
      content,
      contentHash,
      ...rememberedOf(issue.id, issue.date, published),
    ],
  );
  if (revision === -3) return null;
  if (revision === 0)
    throw new PaperboyError('issue-phase', `issue ${issue.id} was revised by somebody else meanwhile`);
  if (revision === -1)
    throw new PaperboyError('issue-phase', `issue ${issue.id} is cancelled and cannot be revised`);
  if (revision === -2) {
    throw new PaperboyError(
      'issue-phase',
      `issue ${issue.id} was revised 255 times, which is as often as can be`,
    );
  }
  return Number(revision);
}

/** Halts all sending, or lifts the halt. */
export async function setHalted(deps: LedgerDeps, isHalted: boolean): Promise<void> {
  if (isHalted) await deps.redis.set(keys.halted, '1');
  else await deps.redis.del(keys.halted);
}

export async function isHalted(deps: LedgerDeps): Promise<boolean> {
  return (await deps.redis.exists(keys.halted)) === 1;
}
