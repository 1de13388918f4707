/** A newsletter's past issues for everybody: those that are out, newest first, and what stands in each. */
import type { Config, NewsletterConfig } from '../config/config.ts';
import { createCache } from '../core/cache.ts';
import { originalIdOf } from '../core/ids.ts';
import { storiesOf } from '../digest/digest.ts';
import { inlineText } from '../digest/inline.ts';
import { isSkipped } from '../edition/edition.ts';
import { planEdition } from '../edition/plan-edition.ts';
import type { Issue } from '../ledger/issue.ts';
import { listIssueIdsSince, readContent } from '../ledger/issues.ts';
import { type LedgerDeps, ledgerNow } from '../ledger/ledger.ts';
import { oneLine } from '../render/columns.ts';
import { decodeContent } from './content.ts';
import { type PublicIssue, readPublicIssue } from './public-issue.ts';

export interface ArchiveDeps {
  readonly ledger: LedgerDeps;
  readonly config: Config;
}

export interface ArchivedIssue extends PublicIssue {
  /** What tells it from the newsletter's other issues: `2026-03-02`, or with a slot behind it. */
  readonly slug: string;
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** The operator's own; empty: the stories made it. */
  readonly subject: string;
  /** Titles of its first stories; at least one. */
  readonly leads: readonly string[];
  readonly storyCount: number;
}

export interface Archive {
  /** Null when there is no such newsletter, or it has no archive. */
  newsletter(id: string): NewsletterConfig | null;
  /** @param skip how many of the newest to leave out */
  list(newsletter: string, skip: number, count: number): Promise<readonly ArchivedIssue[]>;
  /** Null when there is none, or it is not out. */
  find(newsletter: string, slug: string): Promise<PublicIssue | null>;
}

/** Titles shown of an issue. */
const leadCount = 3;

/** What is kept of each is less than 1 KB. */
const keptSummaries = 500;

const dayMs = 86_400_000;

export function createArchive(deps: ArchiveDeps): Archive {
  const { ledger, config } = deps;
  const summaries = createCache<Promise<Summary | null>>(keptSummaries);

  /** An archive shows nothing of another newsletter, whatever the ids are. */
  const publicIssueOf = async (newsletter: string, id: string): Promise<PublicIssue | null> => {
    const issue = await readPublicIssue(ledger, id);
    return issue?.current.newsletter === newsletter ? issue : null;
  };

  const archived = async (newsletter: NewsletterConfig, id: string): Promise<ArchivedIssue | null> => {
    const issue = await publicIssueOf(newsletter.id, id);
    if (issue === null) return null;
    const { id: currentId, revision } = issue.current;
    const summary = await summaries.getOrMake(`${currentId} ${revision}`, () =>
      summaryOf(ledger, issue.current),
    );
    return summary && { ...issue, ...summary, slug: id.slice(newsletter.id.length + 1) };
  };

  const archive: Archive = {
    newsletter: (id) => config.newsletters.find((one) => one.id === id && one.archive) ?? null,
    list: async (id, skip, count) => {
      const newsletter = archive.newsletter(id);
      if (newsletter === null) return [];
      const found: ArchivedIssue[] = [];
      for (const original of await originals(deps, newsletter.id)) {
        if (found.length === skip + count) break;
        const issue = await archived(newsletter, original);
        if (issue !== null) found.push(issue);
      }
      return found.slice(skip);
    },
    find: async (id, slug) => {
      if (archive.newsletter(id) === null || !slugPattern.test(slug)) return null;
      return await publicIssueOf(id, `${id}-${slug}`);
    },
  };
  return archive;
}

/** A correction has no page of its own: it is what the page of its original shows. */
const slugPattern = /^\d{4}-\d{2}-\d{2}(?:-[a-z0-9]{1,16})?$/;

/** Ids of a newsletter's issues that may still be kept, without their corrections, newest first. */
async function originals({ ledger, config }: ArchiveDeps, newsletter: string): Promise<readonly string[]> {
  const since = (await ledgerNow(ledger)) - config.retentionDays * dayMs;
  const ids = (await listIssueIdsSince(ledger, since)).map(originalIdOf);
  const own = ids.filter(
    (id) => id.startsWith(`${newsletter}-`) && slugPattern.test(id.slice(newsletter.length + 1)),
  );
  return [...new Set(own)].sort().reverse();
}

type Summary = Pick<ArchivedIssue, 'date' | 'subject' | 'leads' | 'storyCount'>;

async function summaryOf(ledger: LedgerDeps, { id, revision }: Issue): Promise<Summary | null> {
  const { digest, date, subject } = decodeContent(await readContent(ledger, id, revision));
  const all = { topics: 'all', format: 'html' } as const;
  const edition = planEdition(digest, all, { issue: id, revision, date, topicOrder: [] });
  if (isSkipped(edition)) return null;
  return {
    date,
    subject: oneLine(subject),
    leads: storiesOf(edition)
      .slice(0, leadCount)
      .map(({ title }) => oneLine(inlineText(title))),
    storyCount: edition.storyCount,
  };
}
