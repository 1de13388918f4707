/** Preflight of a whole issue: renders every edition that somebody gets or could choose, once, and runs the rules. */
import type { PreferenceSet } from '../../subscribers/preferences.ts';
import { preferenceSetKey } from '../../subscribers/preferences.ts';
import type { HeldPreferenceSet } from '../../subscribers/reader.ts';
import type { Config, NewsletterConfig } from '../config/config.ts';
import { dayIn } from '../core/day-in.ts';
import { PaperboyError, toPaperboyError } from '../core/errors.ts';
import { issueIdOf } from '../core/ids.ts';
import type { Digest, ParsedDigest } from '../digest/digest.ts';
import { isSkipped } from '../edition/edition.ts';
import { preferenceSetsToCheck } from '../edition/needed-sets.ts';
import { planEdition } from '../edition/plan-edition.ts';
import { findRepeats, type PublishedIssue, withoutRepeats } from '../edition/repeats.ts';
import { compose } from '../message/compose.ts';
import type { Message } from '../message/message.ts';
import { prepareEdition } from '../message/prepare-message.ts';
import { asProblem, type PreflightReport, preflight, withProblems } from '../preflight/preflight.ts';
import { type Problem, problemOf } from '../preflight/problem.ts';
import type { EditionSample } from '../preflight/sample.ts';
import { signatureProblems } from '../preflight/signature-rules.ts';
import type { IssueTemplate } from '../render/issue-template.ts';
import { readMailTemplates } from '../render/mail-template.ts';
import { prepareIssue } from '../render/prepare-issue.ts';
import { renderEdition } from '../render/render-edition.ts';
import { escapeHtml, fill } from '../render/rendered-edition.ts';
import { createLinks } from './links.ts';
import { mastheadOf, senderOf, topicsOf } from './newsletter.ts';
import { loadSigners } from './signers.ts';

export interface PreflightRequest {
  readonly config: Config;
  readonly newsletter: NewsletterConfig;
  readonly parsed: ParsedDigest;
  /** What subscribers hold (`distinctPreferenceSets`); null when they can't be asked. */
  readonly held: readonly HeldPreferenceSet[] | null;
  /** What the newsletter published in the last 14 days; absent or empty: nothing counts as a repeat. */
  readonly published?: readonly PublishedIssue[];
  /** Origin of the pages, without a trailing slash. */
  readonly publicUrl: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Digests of the last weeks, for what is usual; default: none are known. */
  readonly past?: readonly Digest[];
  /** The operator's own subject; empty or absent: the stories make it. */
  readonly subject?: string;
  /** Looks at these only. Default: `all`, every single topic, every set held. */
  readonly sets?: readonly PreferenceSet[];
  /** Is shown every edition as it was rendered; they are not kept, because an issue may have thousands. */
  readonly onEdition?: (sample: EditionSample) => void;
  /** Folder of the mail templates; default: the package's. */
  readonly templates?: string;
}

export interface IssuePreflight extends PreflightReport {
  /** Subscribers whose topics have no story today: they get no mail. Null when nobody could be asked. */
  readonly withoutStories: number | null;
}

/**
 * Needs neither Redis nor keys: tokens, Message-IDs and envelope senders of the samples are of the usual length and
 * signed with a key that nobody uses.
 * @throws PaperboyError `date-missing`, and what is no fault of digest, template or configuration
 */
export async function preflightIssue(request: PreflightRequest): Promise<IssuePreflight> {
  const { config, newsletter, held, subject = '' } = request;
  const date = demandDate(request.parsed);
  const repeats = findRepeats(request.parsed.digest, request.published ?? []);
  const digest = withoutRepeats(request.parsed.digest, repeats);
  const parsed = { ...request.parsed, digest };
  const readers = new Map((held ?? []).map((entry) => [preferenceSetKey(entry.preferenceSet), entry.count]));
  let withoutStories = held === null ? null : 0;
  let copy: Message | undefined;
  const counted = (key: string) => (held === null ? null : (readers.get(key) ?? 0));

  function* samples(template: IssueTemplate | Problem): Generator<EditionSample | Problem> {
    if ('severity' in template) return yield template;
    for (const set of setsOf(request)) {
      const recipients = counted(preferenceSetKey(set));
      const sample = sampleOf(request, template, set, recipients);
      if (sample === null) {
        if (withoutStories !== null) withoutStories += recipients ?? 0;
        continue;
      }
      if (!('severity' in sample)) {
        copy ??= sample.message;
        request.onEdition?.(sample);
      }
      yield sample;
    }
  }

  const report = preflight({
    parsed,
    repeats,
    previousDate: lastBefore(date, request.published ?? []),
    past: request.past ?? [],
    date,
    today: dayIn(newsletter.timezone, request.now),
    subject,
    sender: { legalName: config.legalName, postalAddress: config.postalAddress },
    denyWords: config.denyWords,
    editions: samples(await templateOf({ ...request, parsed }, date)),
  });
  const signature = copy === undefined ? [] : await signatureLook(config, newsletter, copy);
  return { ...withProblems(report, signature), withoutStories };
}

/** Of the newest issue before that date. */
function lastBefore(date: string, published: readonly PublishedIssue[]): string | null {
  const dates = published.map((issue) => issue.date).filter((other) => other < date);
  return dates.toSorted().at(-1) ?? null;
}

/** Nothing is signed with it but what nobody is to use. */
const nobodysKey = Buffer.alloc(32);

/** Of a sample copy. RFC 2606 §2: it can receive nothing. */
const nobodysAddress = 'reader@example.invalid';

function demandDate({ digest }: ParsedDigest): string {
  if (digest.date !== null) return digest.date;
  throw new PaperboyError('date-missing', `the digest “${digest.title}” names no date`, {
    hint: 'give it with --date YYYY-MM-DD',
  });
}

async function templateOf(request: PreflightRequest, date: string): Promise<IssueTemplate | Problem> {
  const { config, newsletter, parsed, subject = '', templates } = request;
  try {
    return await prepareIssue(parsed.digest, mastheadOf(config, newsletter), {
      date,
      topics: topicsOf(config),
      subject,
      templates: await readMailTemplates(templates),
    });
  } catch (thrown) {
    return asProblem(thrown);
  }
}

function setsOf({ config, held, sets }: PreflightRequest): readonly PreferenceSet[] {
  return (
    sets ??
    preferenceSetsToCheck(
      topicsOf(config).map(({ id }) => id),
      (held ?? []).map(({ preferenceSet }) => preferenceSet),
    )
  );
}

/** Null when the set has no story today. */
function sampleOf(
  { newsletter, publicUrl, now }: PreflightRequest,
  template: IssueTemplate,
  set: PreferenceSet,
  recipients: number | null,
): EditionSample | Problem | null {
  const issue = issueIdOf(newsletter.id, template.date);
  const edition = planEdition(template.digest, set, {
    issue,
    revision: 1,
    date: template.date,
    topicOrder: template.topics.map(({ id }) => id),
  });
  if (isSkipped(edition)) return null;
  try {
    const rendered = renderEdition(template, edition);
    const links = createLinks(publicUrl, [{ id: 'nobody', secret: nobodysKey }]);
    const values = {
      ...links.of(1, { id: issue, newsletter: newsletter.id }),
      webCopyUrl: links.webCopy({ issue, revision: 1, preferenceSet: 1 }),
    };
    const copy = { ...values, address: nobodysAddress, name: '', sid: 1, sendAt: now };
    return {
      edition,
      rendered,
      recipients,
      html: fill(rendered.html, values, escapeHtml),
      text: fill(rendered.text, values),
      message: compose(prepareEdition(rendered, senderOf(newsletter, issue, nobodysKey)), copy),
      unsubscribeUrl: values.unsubscribeUrl,
    };
  } catch (thrown) {
    return asProblem(thrown, edition.id);
  }
}

/** Signs one copy as the others will be. Where no key is configured the relay signs, and there is nothing to look at. */
async function signatureLook(config: Config, { from }: NewsletterConfig, copy: Message): Promise<Problem[]> {
  if (config.sending.dkim.length === 0) return [];
  try {
    const signers = await loadSigners(config);
    const signed = await signers.sign(copy, from.address.split('@')[1] ?? '');
    return signed === copy ? [] : signatureProblems(signed.raw);
  } catch (thrown) {
    // The key may be on the machines of the workers alone.
    if (toPaperboyError(thrown).code === 'file-missing')
      return [problemOf('dkim-untried', `${(thrown as Error).message} here, so that signing was not tried`)];
    return [asProblem(thrown)];
  }
}
