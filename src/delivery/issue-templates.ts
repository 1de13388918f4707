/** Issues compiled from what the ledger keeps of them, each revision once in this process. */
import type { PreferenceSet } from '../../subscribers/preferences.ts';
import type { Config } from '../config/config.ts';
import { createCache } from '../core/cache.ts';
import type { PlannedEdition } from '../edition/edition.ts';
import { planEdition } from '../edition/plan-edition.ts';
import type { Issue } from '../ledger/issue.ts';
import { readContent } from '../ledger/issues.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';
import type { IssueTemplate } from '../render/issue-template.ts';
import { prepareIssue } from '../render/prepare-issue.ts';
import { decodeContent } from './content.ts';
import { mastheadOf, newsletterOf, topicsOf } from './newsletter.ts';

export interface IssueTemplatesDeps {
  readonly ledger: LedgerDeps;
  readonly config: Config;
}

export interface IssueTemplates {
  /**
   * The revision that `issue` names.
   * @throws PaperboyError `issue-unknown` when it is not kept any more, `newsletter-unknown`
   */
  get(issue: Issue): Promise<IssueTemplate>;
}

/** Yesterday's issue may still have deferred copies while today's is sent. */
const keptIssues = 4;

export function createIssueTemplates(deps: IssueTemplatesDeps): IssueTemplates {
  const templates = createCache<Promise<IssueTemplate>>(keptIssues);
  return {
    get: (issue) => templates.getOrMake(`${issue.id} ${issue.revision}`, () => templateOf(deps, issue)),
  };
}

async function templateOf({ ledger, config }: IssueTemplatesDeps, issue: Issue): Promise<IssueTemplate> {
  const content = decodeContent(await readContent(ledger, issue.id, issue.revision));
  const newsletter = newsletterOf(config, issue.newsletter);
  return await prepareIssue(content.digest, mastheadOf(config, newsletter), {
    date: content.date,
    topics: topicsOf(config),
    subject: content.subject,
  });
}

/** What a preference set sees of an issue compiled before. */
export function planOf(template: IssueTemplate, issue: Issue, preferenceSet: PreferenceSet): PlannedEdition {
  return planEdition(template.digest, preferenceSet, {
    issue: issue.id,
    revision: issue.revision,
    date: template.date,
    topicOrder: template.topics.map((topic) => topic.id),
  });
}
