/** Editions as pages: what a copy's "view in browser" leads to. Rendered as the mail is, without anything personal. */
import { parsePreferenceSetKey } from '../../subscribers/preferences.ts';
import type { TokenKeys } from '../../subscribers/tokens.ts';
import type { Config } from '../config/config.ts';
import { createCache } from '../core/cache.ts';
import { PaperboyError } from '../core/errors.ts';
import { correctionNumberOf } from '../core/ids.ts';
import { isSkipped } from '../edition/edition.ts';
import type { Issue } from '../ledger/issue.ts';
import { readIssue } from '../ledger/issues.ts';
import { type LedgerDeps, ledgerNow } from '../ledger/ledger.ts';
import { findPreferenceSet, readPreferenceSet } from '../ledger/preference-sets.ts';
import { renderWebCopy } from '../render/render-edition.ts';
import { escapeHtml, fill } from '../render/rendered-edition.ts';
import { createIssueTemplates, planOf } from './issue-templates.ts';
import { archiveUrl, type Links } from './links.ts';
import { newsletterOf } from './newsletter.ts';
import { readPublicIssue } from './public-issue.ts';
import { allTopicsSet, readWebCopy } from './web-copy-token.ts';

export interface WebCopiesDeps {
  readonly ledger: LedgerDeps;
  readonly config: Config;
  readonly tokenKeys: TokenKeys;
  readonly links: Pick<Links, 'webCopy'>;
  /** Origin of the pages, without a trailing slash. */
  readonly publicUrl: string;
}

export interface WebCopy {
  /** Newsletter id. */
  readonly newsletter: string;
  /** The mail's HTML, but for what it says to its subscriber: no link of theirs, and what the newsletter is. */
  readonly html: string;
  /** What took its place since it was sent; null when nothing did. */
  readonly newer: { readonly kind: 'revised' | 'corrected'; readonly url: string } | null;
}

export interface WebCopies {
  /** @returns null when the token is not ours, or the issue is not kept any more */
  find(token: string): Promise<WebCopy | null>;
  /** The issue as its archive shows it: all topics. @returns null when it is not kept any more */
  ofIssue(issue: Issue): Promise<string | null>;
}

/** Of about 40 KB each. */
const keptCopies = 200;

export function createWebCopies(deps: WebCopiesDeps): WebCopies {
  const { ledger, config, tokenKeys, publicUrl } = deps;
  const templates = createIssueTemplates(deps);
  const copies = createCache<Promise<string | null>>(keptCopies);

  const render = async (issue: Issue, setKey: string): Promise<string | null> => {
    const template = await templates.get(issue);
    // Who takes plain text reads the same stories here: a page is HTML.
    const edition = planOf(template, issue, { ...parsePreferenceSetKey(setKey), format: 'html' });
    if (isSkipped(edition)) return null;
    const { id, archive } = newsletterOf(config, issue.newsletter);
    const copy = renderWebCopy(template, edition, { archiveUrl: archive ? archiveUrl(publicUrl, id) : null });
    return fill(copy, { unsubscribeUrl: '', preferencesUrl: '' }, escapeHtml);
  };
  const copyOf = (issue: Issue, setKey: string) =>
    copies
      .getOrMake(`${issue.id} ${issue.revision} ${setKey}`, () => render(issue, setKey))
      .catch(nullWhenGone);

  /** What a correction, or else a revision, has put in the place of that revision. */
  const newerOf = async (issue: Issue, revision: number, setKey: string): Promise<WebCopy['newer']> => {
    const { current } = (await readPublicIssue(ledger, issue.id)) ?? { current: issue };
    const isCorrected = correctionNumberOf(current.id) > correctionNumberOf(issue.id);
    const newest = isCorrected ? current : issue;
    if (newest === issue && issue.revision === revision) return null;
    // It may have nothing left of what this preference set chose.
    const isServed = (await copyOf(newest, setKey)) !== null;
    const preferenceSet = isServed ? await findPreferenceSet(ledger, newest.id, setKey) : null;
    const place = {
      issue: newest.id,
      revision: newest.revision,
      preferenceSet: preferenceSet ?? allTopicsSet,
    };
    return { kind: isCorrected ? 'corrected' : 'revised', url: deps.links.webCopy(place) };
  };

  return {
    find: async (token) => {
      const place = readWebCopy(tokenKeys, token);
      const issue = place && (await readIssue(ledger, place.issue));
      if (!issue || !(await isKept(ledger, issue))) return null;
      const setKey = await setKeyOf(ledger, place.issue, place.preferenceSet);
      const html = setKey && (await copyOf({ ...issue, revision: place.revision }, setKey));
      if (!html) return null;
      return { newsletter: issue.newsletter, html, newer: await newerOf(issue, place.revision, setKey) };
    },
    ofIssue: async (issue) => ((await isKept(ledger, issue)) ? await copyOf(issue, allTopicsKey) : null),
  };
}

const allTopicsKey = 'html all';

async function setKeyOf(ledger: LedgerDeps, issue: string, number: number): Promise<string | null> {
  return number === allTopicsSet ? allTopicsKey : await readPreferenceSet(ledger, issue, number);
}

async function isKept(ledger: LedgerDeps, issue: Issue): Promise<boolean> {
  return (await ledgerNow(ledger)) < issue.keptUntil;
}

/** What retention has removed, or a newsletter that the configuration no longer has, is no failure of ours. */
function nullWhenGone(thrown: unknown): null {
  if (thrown instanceof PaperboyError && ['issue-unknown', 'newsletter-unknown'].includes(thrown.code)) {
    return null;
  }
  throw thrown;
}
