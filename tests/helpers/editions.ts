/** Every edition of real digests, made the way `check` makes them: with the configuration of the examples. */
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load-config.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { newsletterOf as demandNewsletter, topicsOf } from '../../src/delivery/newsletter.ts';
import { type IssuePreflight, preflightIssue } from '../../src/delivery/preflight-issue.ts';
import type { ParsedDigest } from '../../src/digest/digest.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import type { EditionSample } from '../../src/preflight/sample.ts';
import { corpusFiles, type DigestFile, exampleFiles } from '../digest/corpus.ts';

/** Origin of the pages that the links of these mails lead to. */
export const publicUrl = 'https://news.example';

/** The project's examples and, where the corpus is at hand, both seeds. */
export const provenDigests: readonly DigestFile[] = [...exampleFiles(), ...corpusFiles('seeds')];

export interface Rendered {
  readonly report: IssuePreflight;
  /** `all` first, then each topic that has a story. */
  readonly samples: readonly EditionSample[];
}

const config = loadConfig(join(packageRoot(), 'examples', 'newsletter.yaml'));

/** Id of the example newsletter that a digest file is an issue of. */
export function newsletterOf(name: string): string {
  if (name.includes('-en-')) return 'tech-en';
  return config.newsletters.find(({ id }) => name.startsWith(id))?.id ?? 'ai-daily';
}

export function renderAll({ name, source }: DigestFile): Promise<Rendered> {
  const parsed = parseDigest(source, { topics: topicsOf(config), name, force: true });
  return renderParsed(parsed, newsletterOf(name));
}

export async function renderParsed(parsed: ParsedDigest, newsletter = 'ai-daily'): Promise<Rendered> {
  const samples: EditionSample[] = [];
  const report = await preflightIssue({
    config,
    newsletter: demandNewsletter(config, newsletter),
    parsed,
    held: null,
    publicUrl,
    now: Date.UTC(2026, 2, 2, 1),
    onEdition: (sample) => samples.push(sample),
  });
  return { report, samples };
}

/** What an edition is called in the name of a test: `all`, or its topics. */
export function nameOf({ edition }: EditionSample): string {
  const { topics } = edition.preferenceSet;
  return topics === 'all' ? 'all' : topics.join('+');
}
