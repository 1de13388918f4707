/** Preflight of a digest file, for the commands that look at one before it is sent. */
import type { Frequency, PreferenceSet } from '../../subscribers/preferences.ts';
import type { Settings } from '../app.ts';
import type { NewsletterConfig } from '../config/config.ts';
import { systemClock } from '../core/clock.ts';
import { PaperboyError } from '../core/errors.ts';
import { newsletterOf, topicsOf } from '../delivery/newsletter.ts';
import { type IssuePreflight, preflightIssue } from '../delivery/preflight-issue.ts';
import type { ParsedDigest } from '../digest/digest.ts';
import type { EditionSample } from '../preflight/sample.ts';
import { type DigestOptions, frequencyOf } from './digest-options.ts';
import type { Io } from './frame.ts';
import { readDigest } from './input.ts';
import { parseTopics } from './options.ts';
import { storeView } from './store-view.ts';
import { settingsFor } from './with-app.ts';

export interface OpenedFile {
  readonly settings: Settings;
  readonly newsletter: NewsletterConfig;
  readonly parsed: ParsedDigest;
  /** Whose issue it is to be. */
  readonly frequency: Frequency;
}

/** @throws PaperboyError of the configuration, the environment and the digest */
export async function openDigestFile(io: Io, file: string, options: DigestOptions): Promise<OpenedFile> {
  const settings = settingsFor(io, options);
  const newsletter = newsletterOf(settings.config, options.newsletter);
  const parsed = await readDigest(io, { ...options, file, topics: topicsOf(settings.config) });
  return { settings, newsletter, parsed, frequency: frequencyOf(options) };
}

export interface Look {
  /** This edition only. */
  readonly set?: PreferenceSet | undefined;
  readonly onEdition?: (sample: EditionSample) => void;
}

/** @throws PaperboyError `no-stories` when the one edition asked for holds none */
export async function preflightFile(
  io: Io,
  opened: OpenedFile,
  { set, onEdition }: Look = {},
): Promise<IssuePreflight> {
  const { settings, newsletter, parsed, frequency } = opened;
  const report = await preflightIssue({
    config: settings.config,
    newsletter,
    parsed,
    ...(await storeView(io, settings, newsletter.id, parsed.digest.date, frequency)),
    publicUrl: settings.environment.publicUrl,
    now: systemClock(),
    ...(set === undefined ? {} : { sets: [set] }),
    ...(onEdition === undefined ? {} : { onEdition }),
  });
  const hasEdition =
    report.editions.length > 0 || report.problems.some(({ severity }) => severity === 'error');
  if (set === undefined || hasEdition) return report;
  throw new PaperboyError('no-stories', `no story of the digest belongs to ${String(set.topics)}`, {
    hint: '`paperboy parse` shows the topics of every story',
  });
}

/** `--topics a,b` as the set of readers who chose these; undefined when it was not given. @throws PaperboyError `usage` */
export function chosenSet({ settings }: OpenedFile, topics: string | undefined): PreferenceSet | undefined {
  if (topics === undefined) return undefined;
  const known = topicsOf(settings.config).map(({ id }) => id);
  return { format: 'html', topics: parseTopics(topics, known) };
}
