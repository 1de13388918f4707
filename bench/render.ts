/**
 * What rendering an issue costs: one digest, a thousand preference sets. MJML must run once; each edition is assembled
 * from its pieces, filled once as a recipient's copy, and kept, as a worker would that sends them all at the same time.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { loadConfig } from '../src/config/load-config.ts';
import { packageRoot } from '../src/core/package-root.ts';
import { sampleLinks } from '../src/delivery/links.ts';
import { mastheadOf, newsletterOf, topicsOf } from '../src/delivery/newsletter.ts';
import { parseDigest } from '../src/digest/parse.ts';
import { isSkipped } from '../src/edition/edition.ts';
import { planEdition } from '../src/edition/plan-edition.ts';
import { compileMjml } from '../src/render/compile-mjml.ts';
import { prepareIssue } from '../src/render/prepare-issue.ts';
import { renderEdition } from '../src/render/render-edition.ts';
import { escapeHtml, fill, type RenderedEdition } from '../src/render/rendered-edition.ts';
import type { PreferenceSet } from '../subscribers/preferences.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    file: { type: 'string', default: join(packageRoot(), 'examples', 'digests', 'ai-daily-2026-03-02.md') },
    sets: { type: 'string', default: '1000' },
  },
});

const config = loadConfig(join(packageRoot(), 'examples', 'newsletter.yaml'));
const topics = topicsOf(config);
const topicOrder = topics.map(({ id }) => id);
const { digest } = parseDigest(await readFile(options.file), { topics, name: options.file });
const date = digest.date ?? '2026-03-02';
const masthead = mastheadOf(config, newsletterOf(config, 'ai-daily'));
const links = sampleLinks('https://news.example');

let compilations = 0;
const compile = (mjml: string): Promise<string> => {
  compilations += 1;
  return compileMjml(mjml);
};

// Loading MJML is what a process pays once for all its issues.
await compileMjml('<mjml><mj-body></mj-body></mjml>');
const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
const template = await prepareIssue(digest, masthead, { date, topics, compile });
const preparedMs = performance.now() - startedAt;
const editions: RenderedEdition[] = [];
let skipped = 0;
let largest = 0;
for (const set of preferenceSets(Number(options.sets))) {
  const edition = planEdition(digest, set, { issue: 'bench', revision: 1, date, topicOrder });
  if (isSkipped(edition)) skipped += 1;
  else {
    const rendered = renderEdition(template, edition);
    largest = Math.max(largest, Buffer.byteLength(fill(rendered.html, links, escapeHtml)));
    editions.push(rendered);
  }
}
const cpu = process.cpuUsage(cpuBefore);

const report = {
  stories: digest.categories.reduce((sum, { stories }) => sum + stories.length, 0),
  preferenceSets: editions.length + skipped,
  editions: editions.length,
  skipped,
  mjmlCompilations: compilations,
  prepareMs: Math.round(preparedMs),
  wallMs: Math.round(performance.now() - startedAt),
  cpuMs: Math.round((cpu.user + cpu.system) / 1000),
  peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  largestHtmlBytes: largest,
};
process.stdout.write(
  options.json
    ? `${JSON.stringify(report, null, 2)}\n`
    : `${report.editions} editions of ${report.stories} stories, ${report.mjmlCompilations} MJML compilation: ` +
        `${report.cpuMs} ms CPU, ${report.peakRssMb} MB at most, largest ${report.largestHtmlBytes} bytes of HTML\n`,
);

/** Each a choice of topics of its own: the bits of its number. All topics are the first. */
function* preferenceSets(count: number): Generator<PreferenceSet> {
  yield { topics: 'all', format: 'html' };
  for (let number = 1; number < count; number += 1) {
    yield { topics: topicOrder.filter((_, bit) => (number >> bit) % 2 === 1), format: 'html' };
  }
}
