/** Editions ready to be composed: each rendered once in this process, kept while it is likely to be needed again. */

import { parsePreferenceSetKey } from '../../subscribers/preferences.ts';
import type { Config, Keyring } from '../config/config.ts';
import { PaperboyError } from '../core/errors.ts';
import { isSkipped } from '../edition/edition.ts';
import { planEdition } from '../edition/plan-edition.ts';
import type { Issue } from '../ledger/issue.ts';
import { readContent, readPreferenceSets } from '../ledger/issues.ts';
import type { LedgerDeps } from '../ledger/ledger.ts';
import { type PreparedEdition, prepareEdition } from '../message/prepare-message.ts';
import type { IssueTemplate } from '../render/issue-template.ts';
import { prepareIssue } from '../render/prepare-issue.ts';
import { renderEdition } from '../render/render-edition.ts';
import { decodeContent } from './content.ts';
import { mastheadOf, newsletterOf, senderOf, topicsOf } from './newsletter.ts';

export interface EditionSourceDeps {
  readonly ledger: LedgerDeps;
  readonly config: Config;
  readonly keyring: Keyring;
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

/** Yesterday's issue may still have deferred copies while today's is sent. */
const keptIssues = 4;

export function createEditionSource(deps: EditionSourceDeps): EditionSource {
  const templates = createCache<Promise<IssueTemplate>>(keptIssues);
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
    const template = await templates.getOrMake(`${issue.id} ${issue.revision}`, () =>
      templateOf(deps, issue),
    );
    const edition = planEdition(template.digest, preferenceSet, {
      issue: issue.id,
      revision: issue.revision,
      date: template.date,
      topicOrder: template.topics.map((topic) => topic.id),
    });
    if (isSkipped(edition)) return null;
    const newsletter = newsletterOf(deps.config, issue.newsletter);
    const sender = senderOf(newsletter, issue.id, messageIdKeyOf(deps.keyring, issue));
    return prepareEdition(renderEdition(template, edition), sender, {
      subjectPrefix: issue.correctionOf === '' ? '' : correctionMarks[newsletter.language],
    });
  };

  return {
    get: (issue, number) =>
      editions.getOrMake(`${issue.id} ${issue.revision} ${number}`, () => make(issue, number)),
  };
}

async function templateOf(deps: EditionSourceDeps, issue: Issue): Promise<IssueTemplate> {
  const content = decodeContent(await readContent(deps.ledger, issue.id, issue.revision));
  const newsletter = newsletterOf(deps.config, issue.newsletter);
  return await prepareIssue(content.digest, mastheadOf(deps.config, newsletter), {
    date: content.date,
    topics: topicsOf(deps.config),
    subject: content.subject,
  });
}

/** The key whose id the issue froze. @throws PaperboyError `keyring-foreign` when it is not in the keyring any more */
export function messageIdKeyOf(keyring: Keyring, issue: Issue): Buffer {
  const key = keyring.messageIdKeys.find(({ id }) => id === issue.messageIdKey);
  if (key) return key.secret;
  throw new PaperboyError(
    'keyring-foreign',
    `issue ${issue.id} was begun with the Message-ID key ${issue.messageIdKey}, which the keyring does not hold`,
    { hint: 'keep a rotated key in the keyring until its issues have ended' },
  );
}

interface Cache<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  getOrMake(key: string, make: () => Value): Value;
}

/** Keeps the values used last. A promise that rejects is not kept. */
function createCache<Value>(size: number): Cache<Value> {
  const values = new Map<string, Value>();
  const get = (key: string): Value | undefined => {
    const value = values.get(key);
    if (value !== undefined) {
      values.delete(key);
      values.set(key, value);
    }
    return value;
  };
  const set = (key: string, value: Value): void => {
    values.set(key, value);
    const [oldest] = values.keys();
    if (values.size > size && oldest !== undefined) values.delete(oldest);
  };
  return {
    get,
    set,
    getOrMake: (key, make) => {
      const known = get(key);
      if (known !== undefined) return known;
      const made = make();
      set(key, made);
      if (made instanceof Promise) made.catch(() => values.delete(key));
      return made;
    },
  };
}
