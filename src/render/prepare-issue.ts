/** Compiles an issue: MJML runs once, whatever the number of editions. */
import { randomId } from '../core/ids.ts';
import type { Digest } from '../digest/digest.ts';
import { storiesOf } from '../digest/digest.ts';
import type { Topic } from '../digest/topics.ts';
import { weightsOf } from './budget.ts';
import type { CompileMjml } from './compile-mjml.ts';
import { compileMjml } from './compile-mjml.ts';
import type { IssueTemplate } from './issue-template.ts';
import { storyKey } from './issue-template.ts';
import { issueView } from './issue-view.ts';
import { type MailTemplates, readMailTemplates } from './mail-template.ts';
import { cutAtMarks } from './marks.ts';
import type { Masthead } from './masthead.ts';
import { otherLanguagesOf } from './other-language.ts';
import { placesOf } from './placed.ts';
import { storyText } from './plain-story.ts';

export interface PrepareIssueOptions {
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** The topic table, for the names of the reader's topics. */
  readonly topics: readonly Topic[];
  /** The operator's own subject for every edition. */
  readonly subject?: string;
  /** Default: the package's, read for this issue. */
  readonly templates?: MailTemplates;
  readonly compile?: CompileMjml;
}

/**
 * The issue as a template from which `renderEdition` assembles every edition without MJML or Handlebars.
 * @throws PaperboyError `render-failed`, `template-invalid`, `file-unreadable`
 */
export async function prepareIssue(
  digest: Digest,
  masthead: Masthead,
  { date, topics, subject = '', templates, compile = compileMjml }: PrepareIssueOptions,
): Promise<IssueTemplate> {
  const nonce = randomId(16);
  const { fill, words: wordsIn } = templates ?? (await readMailTemplates());
  const words = await wordsIn(masthead.language);
  const otherLanguages = otherLanguagesOf(digest);
  const mjml = fill(issueView(digest, masthead, { date, nonce, words, otherLanguages }));
  const html = cutAtMarks(await compile(mjml), nonce);
  return {
    digest,
    masthead,
    words,
    date,
    topics,
    subject,
    html,
    weights: weightsOf(html),
    places: placesOf(digest),
    otherLanguages,
    storyTexts: new Map(storiesOf(digest).map((story) => [storyKey(story), storyText(story, words)])),
  };
}
