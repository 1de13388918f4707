/** Renders every edition of a digest that somebody dropped: `all`, and each topic that has stories. */

import type { TopicChoice } from '../../subscribers/preferences.ts';
import { parseDigest } from '../digest/parse.ts';
import type { Topic } from '../digest/topics.ts';
import { isSkipped } from '../edition/edition.ts';
import { planEdition } from '../edition/plan-edition.ts';
import type { IssueTemplate } from '../render/issue-template.ts';
import type { Masthead } from '../render/masthead.ts';
import { prepareIssue } from '../render/prepare-issue.ts';
import { renderEdition } from '../render/render-edition.ts';
import { escapeHtml, fill, type SlotValues } from '../render/rendered-edition.ts';
import type { EditionsPreview, NextMail, PreviewEditions } from './demo-desk.ts';

export interface PreviewDeps {
  readonly masthead: Masthead;
  readonly topics: readonly Topic[];
  /** Links that lead nowhere in particular: a preview belongs to nobody. */
  readonly links: SlotValues;
  /** `YYYY-MM-DD`, for a digest that names no date. */
  today(): string;
}

export function createPreviewEditions(deps: PreviewDeps): PreviewEditions {
  return async (bytes, name) => {
    const { digest, warnings } = parseDigest(Buffer.from(bytes), {
      topics: deps.topics,
      name: name || 'digest',
    });
    const date = digest.date ?? deps.today();
    const template = await prepareIssue(digest, deps.masthead, { date, topics: deps.topics });
    const choices: readonly { id: string; label: string; topics: TopicChoice }[] = [
      { id: 'all', label: deps.masthead.language === 'zh' ? '全部主题' : 'All topics', topics: 'all' },
      ...deps.topics.map(({ id, name: names }) => ({
        id,
        label: names[deps.masthead.language],
        topics: [id],
      })),
    ];
    const editions = choices.flatMap(({ id, label, topics }): EditionsPreview['editions'] => {
      const mail = renderChoice(template, topics, deps.links);
      return mail === null
        ? []
        : [{ id, label, ...mail, stories: mail.storyCount, htmlBytes: Buffer.byteLength(mail.html) }];
    });
    return { title: digest.title, date: digest.date, warnings, editions };
  };
}

/** The mail that a choice of topics makes of an issue; null when it has no story in them. */
export function renderChoice(
  template: IssueTemplate,
  topics: TopicChoice,
  links: SlotValues,
): NextMail | null {
  const edition = planEdition(
    template.digest,
    { topics, format: 'html' },
    { issue: 'preview', revision: 1, date: template.date, topicOrder: template.topics.map(({ id }) => id) },
  );
  if (isSkipped(edition)) return null;
  const { subject, preheader, html, text } = renderEdition(template, edition);
  return {
    subject,
    preheader,
    storyCount: edition.storyCount,
    html: fill(html, links, escapeHtml),
    text: fill(text, links),
  };
}
