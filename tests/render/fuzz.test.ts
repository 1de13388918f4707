/**
 * Soups of lines the whole way, from the file to both parts of the mail: nothing crashes or hangs, no address is made up,
 * what an edition holds is in it. `PAPERBOY_FUZZ=100000 npx vitest run tests/render/fuzz.test.ts` tries that many;
 * PAPERBOY_SEED repeats a run.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PaperboyError } from '../../src/core/errors.ts';
import type { Digest } from '../../src/digest/digest.ts';
import { storiesOf } from '../../src/digest/digest.ts';
import { inlineText } from '../../src/digest/inline.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { readMailTemplates } from '../../src/render/mail-template.ts';
import { prepareIssue } from '../../src/render/prepare-issue.ts';
import { renderEdition } from '../../src/render/render-edition.ts';
import { escapeHtml, fill, type SlotValues, slotNames } from '../../src/render/rendered-edition.ts';
import { lineSoup } from '../digest/line-soup.ts';
import { editionFor, masthead } from '../helpers/digests.ts';

const templates = await readMailTemplates();
const runs = Number(process.env.PAPERBOY_FUZZ ?? 60);
const seed = process.env.PAPERBOY_SEED;

/** What one digest may take on its way, of this process' own time: the machine may do other things too. */
const limitMs = 3_000;

it('a soup of lines becomes a mail or is refused; its links are those of the file and ours', {
  timeout: 0,
}, async () => {
  let rendered = 0;
  await fc.assert(
    fc.asyncProperty(lineSoup, async (source) => {
      const before = process.cpuUsage();
      const digest = parsed(source);
      if (digest === undefined) return;
      await expectHonestMail(source, digest);
      rendered += 1;
      expect(process.cpuUsage(before).user / 1_000).toBeLessThan(limitMs);
    }),
    { numRuns: runs, ...(seed !== undefined && { seed: Number(seed) }) },
  );
  expect(rendered).toBeGreaterThan(runs / 4);
});

function parsed(source: string): Digest | undefined {
  try {
    const { digest } = parseDigest(source, { topics: builtInTopics, name: 'fuzz', force: true });
    return { ...digest, date: digest.date ?? '2026-03-02' };
  } catch (error) {
    if (!(error instanceof PaperboyError)) throw error;
    return undefined;
  }
}

async function expectHonestMail(source: string, digest: Digest): Promise<void> {
  const date = digest.date ?? '';
  const template = await prepareIssue(digest, masthead, { date, topics: builtInTopics, templates });
  const [first] = storiesOf(digest);
  for (const topics of ['all', first?.topics ?? []] as const) {
    const edition = editionFor(digest, topics);
    const mail = renderEdition(template, edition);
    const html = fill(mail.html, links, escapeHtml);
    const text = fill(mail.text, links);
    const told = [...text.matchAll(/<(https?:[^>\s]+)>/g)].map(([, url = '']) => url);
    for (const url of [...addressesIn(html), ...told])
      if (!ours.has(url.replace('#pause', ''))) expect(source).toContain(url);
    const shown = wordsOf(unescaped(html.replaceAll(/<[^>]*>/g, '')));
    const written = wordsOf(text.replaceAll(/ <https?:[^>\s]+>/g, ''));
    for (const { title } of storiesOf(edition)) {
      expect(shown).toContain(wordsOf(inlineText(title)));
      expect(written).toContain(wordsOf(inlineText(title)));
    }
    expect(mail.subject.trim()).not.toBe('');
    expect(html).toMatch(/<\/html>\s*$/);
  }
}

/** Every link of a reader's own. */
const links = Object.fromEntries(
  slotNames.map((name) => [name, `https://ours.example/${name}`]),
) as Required<SlotValues>;
const ours = new Set<string>([...Object.values(links), `mailto:${masthead.contact}`]);

/** What the mail leads to, as a browser would understand the attribute. */
function addressesIn(html: string): string[] {
  return [...html.matchAll(/\s(?:href|src|background|action)\s*=\s*"([^"]*)"/g)].map(([, url = '']) =>
    unescaped(url),
  );
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function unescaped(html: string): string {
  return html
    .replaceAll(/&#x([0-9a-f]+);/gi, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 16)))
    .replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '');
}

function wordsOf(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
