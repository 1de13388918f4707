import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Digest } from '../../src/digest/digest.ts';
import { storiesOf } from '../../src/digest/digest.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { isSkipped } from '../../src/edition/edition.ts';
import { preferenceSetsToCheck } from '../../src/edition/needed-sets.ts';
import { planEdition } from '../../src/edition/plan-edition.ts';
import type { IssueTemplate } from '../../src/render/issue-template.ts';
import { prepareIssue } from '../../src/render/prepare-issue.ts';
import { renderEdition } from '../../src/render/render-edition.ts';
import { escapeHtml, fill } from '../../src/render/rendered-edition.ts';
import { htmlBytes } from '../../src/render/size.ts';
import { editionFor, masthead, topicIds } from '../helpers/digests.ts';

const corpus = process.env.PAPERBOY_CORPUS;
const folder = join(corpus ?? '', 'digests', 'seeds');
const seeds =
  corpus === undefined ? ['a seed'] : readdirSync(folder).filter((name) => /\.(?:md|txt)$/.test(name));

describe.runIf(corpus !== undefined).each(seeds)('the mail of %s', (name) => {
  let digest: Digest;
  let date: string;
  let template: IssueTemplate;

  beforeAll(async () => {
    digest = parseDigest(readFileSync(join(folder, name), 'utf8'), { topics: builtInTopics, name }).digest;
    date = digest.date ?? '';
    template = await prepareIssue(
      digest,
      { ...masthead, name: digest.title },
      { date, topics: builtInTopics },
    );
  });

  it('holds every story and every link, and stays far from where Gmail clips', () => {
    const rendered = renderEdition(template, editionFor(digest, 'all'));
    const html = fill(rendered.html, { preferencesUrl: 'p', unsubscribeUrl: 'u' });
    const text = fill(rendered.text, { preferencesUrl: 'p', unsubscribeUrl: 'u' });
    for (const story of storiesOf(digest)) {
      expect(html).toContain(escapeHtml(story.title));
      expect(text).toContain(story.title);
      for (const { url } of story.sources) if (url !== undefined) expect(text).toContain(`<${url}>`);
    }
    expect(htmlBytes(rendered)).toBeLessThanOrEqual(40_000);
  });

  it('shows each reader the stories of their topics alone', () => {
    for (const set of preferenceSetsToCheck(topicIds, [])) {
      const edition = planEdition(digest, set, {
        issue: `seed-${date}`,
        revision: 1,
        date,
        topicOrder: topicIds,
      });
      if (isSkipped(edition)) continue;
      const rendered = renderEdition(template, edition);
      const html = fill(rendered.html, { preferencesUrl: 'p', unsubscribeUrl: 'u' });
      const held = new Set(storiesOf(edition).map(({ line }) => line));
      for (const story of storiesOf(digest)) {
        const title = escapeHtml(story.title);
        expect([title, html.includes(`${title}</a></h3>`) || html.includes(`${title}</h3>`)]).toEqual([
          title,
          held.has(story.line),
        ]);
        if (!held.has(story.line)) expect(rendered.subject + rendered.preheader).not.toContain(story.title);
      }
    }
  });
});
