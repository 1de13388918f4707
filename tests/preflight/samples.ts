/** Editions of made-up digests as preflight looks at them: rendered and composed by the real rooms. */
import type { Digest, ParsedDigest } from '../../src/digest/digest.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { compose } from '../../src/message/compose.ts';
import { prepareEdition } from '../../src/message/prepare-message.ts';
import type { PreflightInput } from '../../src/preflight/preflight.ts';
import type { EditionSample } from '../../src/preflight/sample.ts';
import type { Masthead } from '../../src/render/masthead.ts';
import { prepareIssue } from '../../src/render/prepare-issue.ts';
import { renderEdition } from '../../src/render/render-edition.ts';
import { escapeHtml, fill } from '../../src/render/rendered-edition.ts';
import type { PreferenceSet } from '../../subscribers/preferences.ts';
import { editionFor, exampleDigest, masthead } from '../helpers/digests.ts';

export const links = {
  unsubscribeUrl: 'https://news.example/u/a?b=1&c=2',
  preferencesUrl: 'https://news.example/p/a',
};

export const senderFacts = { legalName: masthead.legalName, postalAddress: masthead.postalAddress };

export async function sampleFor(
  digest: Digest = exampleDigest(),
  { topics, format }: PreferenceSet = { topics: 'all', format: 'html' },
  fields: Partial<Masthead> = {},
): Promise<EditionSample> {
  const edition = editionFor(digest, topics, format);
  const template = await prepareIssue(
    digest,
    { ...masthead, ...fields },
    { date: edition.date, topics: builtInTopics },
  );
  const rendered = renderEdition(template, edition);
  const sender = {
    newsletter: 'morning',
    newsletterName: masthead.name,
    from: { name: masthead.name, address: 'morning@news.example' },
    language: 'zh',
    issue: edition.issue,
    messageIdKey: Buffer.alloc(32),
  };
  return {
    edition,
    rendered,
    recipients: 1,
    html: fill(rendered.html, links, escapeHtml),
    text: fill(rendered.text, links),
    message: compose(prepareEdition(rendered, sender), {
      ...links,
      address: 'reader@example.invalid',
      name: '',
      sid: 1,
      sendAt: Date.UTC(2026, 2, 5),
    }),
    unsubscribeUrl: links.unsubscribeUrl,
  };
}

export function parsedOf(digest: Digest, fields: Partial<ParsedDigest> = {}): ParsedDigest {
  return { digest, warnings: [], unparsed: [], ...fields };
}

/** A preflight without an edition, of the day of the example digest. */
export function inputOf(fields: Partial<PreflightInput> = {}): PreflightInput {
  return {
    parsed: parsedOf(sourcedDigest()),
    repeats: [],
    previousDate: null,
    past: [],
    date: '2026-03-05',
    today: '2026-03-05',
    subject: '',
    sender: senderFacts,
    denyWords: [],
    editions: [],
    ...fields,
  };
}

/** The example, all of whose stories name a source. */
export function sourcedDigest(): Digest {
  const digest = exampleDigest();
  return {
    ...digest,
    categories: digest.categories.map(({ name, stories }) => ({
      name,
      stories: stories.map((story) => ({
        ...story,
        sources: story.sources.length > 0 ? story.sources : [{ name: '青湖日报' }],
      })),
    })),
  };
}
