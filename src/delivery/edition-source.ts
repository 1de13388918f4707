/** Editions ready to be composed: each rendered once in this process, kept while it is likely to be needed again. */

import { parsePreferenceSetKey } from '../../subscribers/preferences.ts';
import type { Config, Keyring } from '../config/config.ts';
import { createCache } from '../core/cache.ts';
import { PaperboyError } from '../core/errors.ts';
import { isSkipped } from '../edition/edition.ts';
import type { Issue } from '../ledger/issue.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';
import { readPreferenceSets } from '../ledger/preference-sets.ts';
import { type PreparedEdition, prepareEdition } from '../message/prepare-message.ts';
import { renderEdition } from '../render/render-edition.ts';
import { bind, escapeHtml, type RenderedEdition } from '../render/rendered-edition.ts';
import { createIssueTemplates, planOf } from './issue-templates.ts';
import type { Links } from './links.ts';
import { newsletterOf, senderOf } from './newsletter.ts';

export interface EditionSourceDeps {
  readonly ledger: LedgerDeps;
  readonly config: Config;
  readonly keyring: Keyring;
  readonly links: Pick<Links, 'webCopy'>;
}

export interface EditionSource {
  /**
   * @param issue as just read: its revision decides the content
   * @param preferenceSet number in the issue's table
   * @returns null when this preference set has no story today
   */
  get(issue: Issue, preferenceSet: number): Promise<PreparedEdition | null>;
}

/** A prepared edition holds about 100 KB; this many are kept. */
const keptEditions = 400;

/** Prefixes of the subject of a correction. */
const correctionMarks = { zh: '【更正】', en: '[Correction] ' } as const;

/** Issues whose preference sets are remembered. */
const keptIssues = 4;

export function createEditionSource(deps: EditionSourceDeps): EditionSource {
  const templates = createIssueTemplates(deps);
  const sets = createCache<Map<number, string>>(keptIssues);
  const editions = createCache<Promise<PreparedEdition | null>>(keptEditions);

  const setKeyOf = async (issue: Issue, number: number): Promise<string> => {
    const known = sets.get(issue.id)?.get(number);
    if (known !== undefined) return known;
    const fresh = await readPreferenceSets(deps.ledger, issue.id);
    sets.set(issue.id, fresh);
    const key = fresh.get(number);
    if (key === undefined)
      throw new PaperboyError('ledger-gap', `issue ${issue.id} has no preference set ${number}`);
    return key;
  };

  const make = async (issue: Issue, number: number): Promise<PreparedEdition | null> => {
    const preferenceSet = parsePreferenceSetKey(await setKeyOf(issue, number));
    const template = await templates.get(issue);
    const edition = planOf(template, issue, preferenceSet);
    if (isSkipped(edition)) return null;
    const place = { issue: issue.id, revision: issue.revision, preferenceSet: number };
    const rendered = withWebCopy(renderEdition(template, edition), deps.links.webCopy(place));
    const newsletter = newsletterOf(deps.config, issue.newsletter);
    const sender = senderOf(newsletter, issue.id, messageIdKeyOf(deps.keyring, issue));
    return prepareEdition(rendered, sender, {
      subjectPrefix: issue.correctionOf === '' ? '' : correctionMarks[newsletter.language],
    });
  };

  return {
    get: (issue, number) =>
      editions.getOrMake(`${issue.id} ${issue.revision} ${number}`, () => make(issue, number)),
  };
}

/** Put in here, the link costs nothing for each copy. */
function withWebCopy(rendered: RenderedEdition, url: string): RenderedEdition {
  return {
    ...rendered,
    html: bind(rendered.html, 'webCopyUrl', url, escapeHtml),
    text: bind(rendered.text, 'webCopyUrl', url),
  };
}

/** The key whose id the issue froze. @throws PaperboyError `keyring-foreign` when it is not in the keyring any more */
function messageIdKeyOf(keyring: Keyring, issue: Issue): Buffer {
  const key = keyring.messageIdKeys.find(({ id }) => id === issue.messageIdKey);
  if (key) return key.secret;
  throw new PaperboyError(
    'keyring-foreign',
    `issue ${issue.id} was begun with the Message-ID key ${issue.messageIdKey}, which the keyring does not hold`,
    { hint: 'keep a rotated key in the keyring until its issues have ended' },
  );
}
